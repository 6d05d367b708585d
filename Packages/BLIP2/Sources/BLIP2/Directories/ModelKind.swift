/// What `model_type` says of the folders that this library writes and reads.
public enum ModelKind {
    /// A captioner, as transformers' `Blip2ForConditionalGeneration` opens it.
    public static let captioner = "blip-2"
    /// An image encoder, as transformers' `Blip2VisionModel` names it, under LAVIS's names.
    public static let vision = "blip_2_vision_model"
    /// A BERT encoder, as transformers' `BertModel` opens it.
    public static let bert = "bert"
    /// An OPT language model, as transformers' `OPTForCausalLM` opens it.
    public static let opt = "opt"
    /// A T5 language model, as transformers' `T5ForConditionalGeneration` opens it.
    public static let t5 = "t5"
    /// A P-Former, which stage 0 makes.
    public static let promptTransformer = "blip-2-pformer"
    /// An image encoder and a Q-Former with its text parts and heads, which stage 1 makes.
    public static let representation = "blip-2-stage1"
}
