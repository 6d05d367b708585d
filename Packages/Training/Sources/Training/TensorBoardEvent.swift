/// An event of TensorBoard's files, as a protobuf message: what happened at a step, in the fields of
/// `tensorboard/compat/proto/event.proto`, `summary.proto` and `tensor.proto` that numbers, pictures and texts need.
struct TensorBoardEvent {
    /// What an event says.
    enum Content {
        /// The first event of a file: which version of the format it has.
        case version
        /// A run begins here, or goes on: what earlier files hold of this step and later ones no longer counts.
        case start
        /// Values by tag.
        case summary([(tag: String, value: Value)])
    }

    /// What stands under a tag.
    enum Value {
        case number(Double)
        case picture(Judgement.Picture)
        case text(String)
    }

    let time: Double
    let step: Int
    let content: Content

    private static let currentVersion = "brain.Event:2"
    private static let startStatus = 1
    private static let colourRGB = 3
    private static let stringType = 7

    /// The message's bytes.
    var bytes: [UInt8] {
        var message = ProtobufMessage()
        message.append(1, time)
        message.append(2, step)
        switch content {
        case .version: message.append(3, Self.currentVersion)
        case .start: message.append(7) { $0.append(1, Self.startStatus) }
        case .summary(let values):
            message.append(5) { summary in
                for (tag, value) in values {
                    summary.append(1) { entry in
                        entry.append(1, tag)
                        Self.append(value, to: &entry)
                    }
                }
            }
        }
        return message.bytes
    }

    private static func append(_ value: Value, to entry: inout ProtobufMessage) {
        switch value {
        case .number(let number): entry.append(2, Float(number))
        case .picture(let picture):
            entry.append(4) { image in
                image.append(1, picture.height)
                image.append(2, picture.width)
                image.append(3, colourRGB)
                image.append(4, picture.png)
            }
        case .text(let text):
            entry.append(8) { tensor in
                tensor.append(1, stringType)
                tensor.append(2) { shape in shape.append(2) { $0.append(1, 1) } }
                tensor.append(8, text)
            }
            entry.append(9) { metadata in metadata.append(1) { $0.append(1, "text") } }
        }
    }
}
