import JSON

/// Captions in the formats of NoCaps.
struct NoCapsAnnotations {
    let records: [World.Record]

    /// One record for each picture, as LAVIS keeps them.
    var list: JSONTree {
        .array(records.map { ["image": .string($0.file), "img_id": .integer($0.id)] })
    }

    /// The official file, which tells each picture's domain.
    var groundTruth: JSONTree {
        let annotations = records.flatMap { record in record.captions.map { (record.id, $0) } }
        return [
            "images": .array(
                records.map { record in
                    [
                        "id": .integer(record.id), "file_name": .string(record.file),
                        "domain": .string(record.domain.rawValue),
                    ]
                }),
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
