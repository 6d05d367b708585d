import Layers

/// The reference's rule for which weights decay: none with fewer than two axes, and none whose name contains "bias",
/// "ln" or "bn" (`lavis/runners/runner_base.py` of LAVIS at 1a0c1e3).
///
/// Quirk: the rule reads names, so query tokens, position tables and embeddings decay.
public func decays(_ weight: NamedParameter) -> Bool {
    weight.parameter.shape.rank >= 2 && !["bias", "ln", "bn"].contains { weight.name.contains($0) }
}
