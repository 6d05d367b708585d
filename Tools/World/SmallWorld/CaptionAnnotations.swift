import JSON

/// Captions in the formats of COCO's Karpathy split.
struct CaptionAnnotations {
    let train: [World.Record]
    let test: [World.Record]

    /// One record for each caption.
    var trainList: JSONTree {
        .array(
            train.flatMap { record in
                record.captions.map { caption in
                    [
                        "image": .string(record.file), "caption": .string(caption),
                        "image_id": .string("world_\(record.id)"),
                    ]
                }
            })
    }

    /// One record for each picture.
    var testList: JSONTree {
        .array(
            test.map { record in
                ["image": .string(record.file), "caption": .array(record.captions.map(JSONTree.string))]
            })
    }

    /// What `pycocotools` reads.
    var groundTruth: JSONTree {
        let annotations = test.flatMap { record in record.captions.map { (record.id, $0) } }
        return [
            "images": .array(test.map { ["id": .integer($0.id)] }),
            "annotations": .array(
                annotations.enumerated().map { index, annotation in
                    [
                        "image_id": .integer(annotation.0), "id": .integer(index + 1),
                        "caption": .string(annotation.1),
                    ]
                }),
        ]
    }
}
