import CTensorKernels

/// The threads that tensor operations run on. Results do not depend on how many there are.
public enum ThreadPool {
    /// The number of threads: the processor's cores, or what OMP_NUM_THREADS says, unless set.
    public static var threadCount: Int {
        get { Int(tk_thread_count()) }
        set { tk_set_thread_count(Int32(newValue)) }
    }
}

/// The instruction sets that the kernels are written for.
public enum KernelVariant: String, Sendable, CaseIterable {
    /// Plain C.
    case portable
    /// AVX2 with fused multiply-add.
    case avx2
    /// AVX-512.
    case avx512

    /// The variant in force.
    public static var current: KernelVariant { KernelVariant(tk_current_variant()) }

    /// The best variant of this processor, as far as the environment variable BLIP_SIMD allows.
    public static var best: KernelVariant { KernelVariant(tk_best_variant()) }

    /// Limits the kernels to a variant, for tests and measurements; returns the one in force after it.
    @discardableResult
    public static func limit(to variant: KernelVariant) -> KernelVariant {
        KernelVariant(tk_limit_variant(variant.kernel))
    }

    private init(_ kernel: tk_variant) {
        self = kernel == TK_AVX512 ? .avx512 : kernel == TK_AVX2 ? .avx2 : .portable
    }

    private var kernel: tk_variant {
        switch self {
        case .portable: TK_PORTABLE
        case .avx2: TK_AVX2
        case .avx512: TK_AVX512
        }
    }
}
