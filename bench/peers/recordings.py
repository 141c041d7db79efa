"""Hours of sound a minute from files to one channel of int16 at 16,000 a second. One process, one JSON line.

usage: python3 recordings.py FOLDER torchaudio|soxr
Files are read by soundfile (libsndfile, which torchaudio was built on); what they become is written to a file, as in Lacuna.
"""
import json
import os
import sys
import tempfile
import time

import numpy
import soundfile

import peak

RATE = 16000
folder, resampler = sys.argv[1:3]
start = time.perf_counter()
if resampler == "torchaudio":
    import torch
    from torchaudio.functional import resample as by_torch

    def resample(values, rate):
        return by_torch(torch.from_numpy(values), rate, RATE).numpy()
else:
    import soxr

    def resample(values, rate):
        return soxr.resample(values, rate, RATE, quality="HQ")

start = time.perf_counter()  # what is imported is not counted
count = 0
with tempfile.TemporaryFile() as out:
    for name in sorted(os.listdir(folder)):
        values, rate = soundfile.read(os.path.join(folder, name), dtype="float32", always_2d=True)
        mono = values.mean(1)
        if rate != RATE:
            mono = resample(mono, rate)
        out.write(numpy.clip(numpy.round(mono * 32768), -32768, 32767).astype(numpy.int16).tobytes())
        count += len(mono)
hours = count / RATE / 3600
print(json.dumps({
    "hours": hours,
    "hoursPerMinute": 60 * hours / (time.perf_counter() - start),
    "megabytes": peak.megabytes(),
}))
