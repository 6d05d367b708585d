"""Fits the ratios of polynomials in CTensorKernels/vector.h and activation_loops.h, and prints their coefficients.

Each is f(x) = x p(x^2) / q(x^2) on [0, end] for an odd function f that levels off at `end`; p and q have degrees of 5 or 7.
The largest relative error is brought down by linear least squares in turns, whose weights grow where the error is large
(Lawson's method on the linearised error).

    python3 Tools/oracles/activation_ratios.py
"""

import math

import numpy as np

POINTS, ROUNDS = 1200, 150
ROOT_2 = math.sqrt(2)


def cubic(x):
    return math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)


def gelu_slope(x):
    return math.erf(x / ROOT_2) / 2 + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def gelu_tanh_slope(x):
    rise = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
    return math.tanh(cubic(x)) / 2 + x * rise / (2 * math.cosh(cubic(x)) ** 2)


RATIOS = {
    "tanh": (math.tanh, 8.9, 5),
    "gelu": (lambda x: math.erf(x / ROOT_2) / 2, 5.6, 5),
    "gelu_slope": (gelu_slope, 6.2, 7),
    "gelu_tanh": (lambda x: math.tanh(cubic(x)) / 2, 5.0, 5),
    "gelu_tanh_slope": (gelu_tanh_slope, 5.4, 7),
}


def fit(function, end, degree):
    """The largest relative error, and the coefficients of p and q, the first of q being 1."""
    angles = (np.arange(POINTS) + 0.5) * np.pi / POINTS
    x = end * (1 - np.cos(angles)) / 2
    x = x[x > 1e-4]
    wanted = np.array([function(v) / v for v in x])
    squares = (x / end) ** 2
    powers = np.vander(squares, degree + 1, increasing=True)
    weights, denominator, best = np.ones(len(x)), np.ones(len(x)), None
    for _ in range(ROUNDS):
        rows = np.concatenate([powers, -wanted[:, None] * powers[:, 1:]], axis=1)
        scale = np.sqrt(weights) / (denominator * wanted)
        solution = np.linalg.lstsq(rows * scale[:, None], wanted * scale, rcond=None)[0]
        p, q = solution[: degree + 1], np.concatenate([[1.0], solution[degree + 1 :]])
        denominator = powers @ q
        errors = np.abs(powers @ p / denominator / wanted - 1)
        if best is None or errors.max() < best[0]:
            shrink = end ** (-2.0 * np.arange(degree + 1))
            best = errors.max(), p * shrink, q * shrink
        weights *= errors / errors.mean() + 1e-9
        weights /= weights.sum()
    return best


for name, (function, end, degree) in RATIOS.items():
    error, p, q = fit(function, end, degree)
    print(f"{name}: within {error:.1e} of itself up to {end}")
    for letter, coefficients in ("p", p), ("q", q):
        print(f"    {letter}: " + ", ".join(f"{np.float32(c):.9g}f" for c in coefficients))
