import Tensors

/// The best cosine of the queries of each image, `[images, queries, width]`, and each text, `[texts, width]`, of which all
/// are unit vectors: `[images, texts]`.
public func bestCosines(of images: Tensor, to texts: Tensor) -> Tensor {
    let (imageCount, queryCount, width) = (images.shape[0], images.shape[1], images.shape[2])
    return images.reshaped(to: [imageCount * queryCount, width]).matrixProduct(texts, transposingOther: true)
        .reshaped(to: [imageCount, queryCount, texts.shape[0]]).max(axis: 1)
}

/// The same from the side of the texts: `[texts, images]`.
func bestCosines(of texts: Tensor, toImages images: Tensor) -> Tensor {
    let (imageCount, queryCount, width) = (images.shape[0], images.shape[1], images.shape[2])
    return texts.matrixProduct(images.reshaped(to: [imageCount * queryCount, width]), transposingOther: true)
        .reshaped(to: [texts.shape[0], imageCount, queryCount]).max(axis: 2)
}
