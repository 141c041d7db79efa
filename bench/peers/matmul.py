"""What this machine reaches in a float32 matrix product through PyTorch, and whether the product is right.

usage: python3 matmul.py    prints one JSON line: name, version, right, gflops, compiles
"""
import json
import time

import torch

SIDE, RUNS = 2048, 5


def gflops():
    """Best of a few products of two square matrices, in 10^9 operations a second."""
    a, b = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    best = 0.0
    for _ in range(RUNS):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * SIDE**3 / (time.perf_counter() - start) / 1e9)
    return best


def right():
    """A product of small whole numbers is exact, whatever the order of its sums; a BLAS told a wrong processor fails."""
    a, b = (torch.randint(-8, 9, (301, 301)) for _ in range(2))
    return bool(((a.float() @ b.float()).long() == a @ b).all())


if __name__ == "__main__":
    print(json.dumps({
        "version": torch.__version__,
        "right": right(),
        "gflops": gflops() if right() else 0,
        "compiles": hasattr(torch, "compile"),
    }))
