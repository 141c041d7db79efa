"""Steps of an encoder of sound in PyTorch: its frames are drawn to ones, AdamW. One process, one JSON line.

usage: python3 torch_sound.py ENCODER SECONDS BATCH STEPS THREADS WARM_UP eager|compile fp32|bf16
"""
import json
import statistics
import sys
import time

import torch

import matmul
import peak
import sound_models

name = sys.argv[1]
seconds, batch, steps, threads, warm_up = map(int, sys.argv[2:7])
mode, precision = sys.argv[7:9]

torch.set_num_threads(threads)
torch.manual_seed(0)
if not matmul.right():
    sys.exit("matrix products are wrong here")

model = sound_models.models[name]()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=1e-4)
waves = torch.rand(batch, 16000 * seconds) - 0.5


def loss_of(waves):
    return (model(waves) - 1).square().mean()


if mode == "compile":
    loss_of = torch.compile(loss_of)

times = []
for _ in range(warm_up + steps):
    start = time.perf_counter()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        loss = loss_of(waves)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append(time.perf_counter() - start)

print(json.dumps({
    "seconds": statistics.median(times[warm_up:]),
    "firstStepSeconds": times[0],
    "peakMegabytes": peak.megabytes(),
    "parameters": sum(p.numel() for p in model.parameters()),
    "matmulGflops": matmul.gflops(),
}))
