"""Pictures a second of torchvision's ImageFolder and PyTorch's DataLoader. One process, one JSON line.

usage: python3 torch_data.py FOLDER SIZE BATCH PASSES WORKERS lanczos|bilinear
Short side resized and centre cropped, uint8 tensors. Nothing is kept between passes: each decodes all files again.
"""
import json
import statistics
import sys
import time

from torch.utils.data import DataLoader
from torchvision import datasets, transforms

folder = sys.argv[1]
size, batch, passes, workers = map(int, sys.argv[2:6])
filter = transforms.InterpolationMode[sys.argv[6].upper()]


def timed(loader):
    start = time.perf_counter()
    count = sum(len(image) for image, _ in loader)
    return count / (time.perf_counter() - start)


start = time.perf_counter()
pictures = datasets.ImageFolder(folder, transforms.Compose(
    [transforms.Resize(size, filter), transforms.CenterCrop(size), transforms.PILToTensor()]))
loader = DataLoader(pictures, batch, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
count = sum(len(image) for image, _ in loader)
first = count / (time.perf_counter() - start)
later = [timed(loader) for _ in range(passes)]
print(json.dumps({"first": first, "later": statistics.median(later)}))
