/// Words whose base forms no rule gives, and words that are base forms though they do not look so.
enum LemmaExceptions {
    /// Irregular nouns and verbs, and regular ones that the rules would get wrong.
    static let baseForms: [String: String] = Dictionary(
        uniqueKeysWithValues: table.split(separator: "\n").flatMap { line -> [(String, String)] in
            let words = line.split(separator: " ").map(String.init)
            return words.dropFirst().map { ($0, words[0]) }
        })

    /// Words in -s, -ed and -ing that stand for themselves.
    static let unchanged: Set<String> = Set(
        """
        always anything bed bias building bunting canvas ceiling christmas clothing darling drawing dressing duckling
        dumpling during earring evening everything flooring frosting gas herring icing king landing lens lightning lodging
        morning news nothing offspring outing pudding railing ring roofing seasoning series shilling shed sibling siding
        sled sling something species spring stocking string stuffing swing sacred naked hundred tennis thing towing topping
        underpass wedding wing yes atlas chaos texas kansas vegas paris perhaps sometimes afterwards towards physics
        mathematics politics athletics gymnastics aerobics infrared biped moped embed
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// A base form, and its forms.
    private static let table = """
        arise arose arisen
        awake awoke awoken
        bear borne
        beat beaten
        become became
        begin began begun beginning
        bend bent
        bet betting
        bite bitten biting
        bleed bled
        blow blew blown
        break broke broken
        bring brought
        build built
        burn burnt
        buy bought
        catch caught
        choose chose chosen
        cling clung
        come came coming
        creep crept
        cut cutting
        deal dealt
        dig dug
        draw drew drawn
        dream dreamt
        drink drank drunk
        drive drove driven
        dye dyed dyeing
        eat ate eaten
        fall fell fallen
        feed fed
        fight fought
        find found
        fling flung
        fly flew flown flies
        forget forgot forgotten
        freeze froze frozen
        get got gotten
        give gave given
        go went gone goes
        grow grew grown
        hang hung
        hear heard
        hide hid hidden
        hit hitting
        hold held
        keep kept
        kneel knelt
        know knew known
        lead led
        lean leant
        lend lent
        lie lain lying lies
        light lit
        lose lost
        make made
        mean meant
        meet met
        mow mown
        pay paid
        put putting
        read reading
        ride rode ridden
        rise risen
        run ran
        say said
        see seen seeing
        seek sought
        sell sold
        send sent
        set setting
        sew sewn
        shake shook shaken
        shave shaven
        shear shorn
        shine shone
        shoot shot
        show shown
        shrink shrank shrunk
        sing sang sung
        sink sank sunk
        sit sat
        ski skiing skied skis
        sleep slept
        slide slid
        smell smelt
        speak spoke spoken
        speed sped
        spend spent
        spill spilt
        spin spun
        split splitting
        spread spreading
        stand stood
        steal stole stolen
        stick stuck
        sting stung stinging
        stink stank stunk
        strike struck stricken
        swear swore sworn
        sweep swept
        swell swollen
        swim swam swum
        take took taken
        teach taught
        tear tore torn
        tell told
        think thought
        throw threw thrown
        tie tying tied ties
        die dying died dies
        understand understood
        wake woke woken
        wear wore worn
        weave wove woven
        weep wept
        win won
        write wrote written
        be being
        do done doing
        have having
        use used uses
        focus focused focusing focuses
        bus buses busses
        canoe canoeing canoes
        change changing changed
        arrange arranging arranged
        exchange exchanging exchanged
        lounge lounging lounged
        plunge plunging plunged
        challenge challenging challenged
        charge charging charged
        merge merging merged
        cross crossing crossed crosses
        paste pasting pasted
        taste tasting tasted
        waste wasting wasted
        bathe bathing bathed
        breathe breathing breathed
        clothe clothed
        sneeze sneezing sneezed
        squeeze squeezing squeezed
        cheese cheeses
        graze grazing grazed
        browse browsing browsed
        nurse nursing nursed
        rinse rinsing rinsed
        tense tensed
        close closing closed
        house houses housing housed
        horse horses
        nose noses
        rose roses
        vase vases
        purse purses
        license licenses
        blouse blouses
        mouse mice
        louse lice
        goose geese
        tooth teeth
        foot feet
        man men
        woman women
        child children
        ox oxen
        die dice
        leaf leaves
        half halves
        calf calves
        wolf wolves
        shelf shelves
        knife knives
        wife wives
        life lives
        loaf loaves
        elf elves
        thief thieves
        scarf scarves
        hoof hooves
        cactus cacti
        octopus octopi
        fungus fungi
        alumnus alumni
        shoe shoes
        toe toes
        hoe hoes
        movie movies
        cookie cookies
        brownie brownies
        smoothie smoothies
        zombie zombies
        hoodie hoodies
        selfie selfies
        collie collies
        birdie birdies
        pie pies
        axe axes
        quiz quizzes
        ache aches aching ached
        headache headaches
        """
}
