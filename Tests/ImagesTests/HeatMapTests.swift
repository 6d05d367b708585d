import Images
import Tensors
import Testing

/// Maps of shares over pictures.
struct HeatMapTests {
    private let grey = Image(width: 40, height: 20, red: 101, green: 50, blue: 0)

    private func colours(_ image: Image, x: Int, y: Int) -> [Int] {
        let pixel = image[x: x, y: y]
        return [Int(pixel.red), Int(pixel.green), Int(pixel.blue)]
    }

    /// Far from other cells a cell has its own colour: half the picture, half black, red, yellow or white.
    @Test func coloursFollowTheLargestNumber() {
        for scale: Float in [1, 1e-6, 3e20] {
            let map = Tensor([0, 1, 2, 3].map { scale * $0 }, shape: [1, 4])
            let image = grey.overlaid(with: map)
            #expect(image.width == 40 && image.height == 20)
            #expect(colours(image, x: 0, y: 0) == [50, 25, 0], "nothing is black")
            #expect(colours(image, x: 39, y: 19) == [178, 152, 127], "the largest number is white")
            // Between two centres of cells, 5 and 15: the pixel at 10.5 lies 0.55 of the way.
            #expect(abs(colours(image, x: 10, y: 7)[0] - (101 + Int(3 * 255 * 0.55 / 3)) / 2) <= 2)
            #expect(colours(image, x: 14, y: 3)[1] == 25 && colours(image, x: 25, y: 3)[0] == 178)
        }
    }

    /// Rows lie from the top, columns from the left.
    @Test func cellsLieWhereTheyStand() {
        var numbers = [Float](repeating: 0, count: 6)
        numbers[4] = 1  // the lower row, the middle column
        let image = Image(width: 30, height: 20, red: 0, green: 0, blue: 0)
            .overlaid(with: Tensor(numbers, shape: [2, 3]))
        for y in 0..<20 {
            for x in 0..<30 {
                let isLit = image[x: x, y: y].blue > 60
                #expect(!isLit || (10..<20).contains(x) && y >= 10, "\(x), \(y)")
            }
        }
        #expect(image[x: 15, y: 15].blue > 100)
    }

    @Test func whatIsNoNumberIsBlack() {
        for numbers in [[Float.nan, .nan], [0, 0], [.nan, .infinity]] {
            let image = grey.overlaid(with: Tensor(numbers, shape: [1, 2]))
            #expect(colours(image, x: 0, y: 0) == [50, 25, 0], "\(numbers)")
        }
    }
}
