"""The methods of bench/cases.ts in PyTorch, without augmentation: each a function of encoder, size, batch and memory format that
returns a model, what is fed to it at every step, and a function of that which gives the loss."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import models


def simclr(encoder, size, batch, memory_format):
    """Each picture is both views of itself."""
    encoder = getattr(models, encoder)(size)
    projector = nn.Sequential(
        nn.Linear(encoder.width, encoder.width, bias=False), nn.BatchNorm1d(encoder.width), nn.ReLU(),
        nn.Linear(encoder.width, 128))
    model = nn.Sequential(encoder, projector).to(memory_format=memory_format)
    image = torch.randint(0, 256, (batch, size, size, 3), dtype=torch.uint8)
    itself = torch.eye(2 * batch, dtype=torch.bool)
    twins = torch.arange(2 * batch).roll(batch)

    def loss_of(image):
        x = pictures(image).contiguous(memory_format=memory_format)
        z = F.normalize(model(torch.cat([x, x])), dim=1)
        return F.cross_entropy((z @ z.T / 0.5).masked_fill(itself, -1e9), twins)

    return model, (image,), loss_of


def clip(_, size, batch, memory_format):
    """Model and loss of the package open_clip, in the sizes of bench/step.ts."""
    from open_clip import ClipLoss
    from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

    length, vocabulary = 32, 4096
    model = CLIP(
        128, CLIPVisionCfg(layers=6, width=192, head_width=64, patch_size=4, image_size=size),
        CLIPTextCfg(context_length=length, vocab_size=vocabulary, width=128, heads=4, layers=4)).train()
    image = torch.randint(0, 256, (batch, size, size, 3), dtype=torch.uint8)
    text = torch.randint(0, vocabulary - 2, (batch, length))
    text[:, -1] = vocabulary - 1
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
    compare = ClipLoss()

    def loss_of(image, text):
        return compare(*model((pictures(image) - mean) / deviation, text))

    return model, (image, text), loss_of


class FrameDecoder(nn.Module):
    """Maps of all frames to what is added to the last one, at three scales, the finest first: something new, and for each pixel
    how much of each of its neighbours comes to it."""

    def __init__(self, inputs, size, width=256, reach=2):
        super().__init__()
        sides = [size]
        while len(sides) < 3 or (sides[0] % 2 == 0 and sides[0] > 8):
            sides.insert(0, sides[0] // 2)
        widths = [min(16 * 2 ** (len(sides) - 1 - i), 128) for i in range(len(sides))]
        self.first, self.sides, self.reach = nn.Conv2d(inputs, width, 1), sides, reach
        self.convolutions = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, own, 3, padding=1, bias=False), nn.BatchNorm2d(own), nn.ReLU())
            for before, own in zip([width] + widths, widths))
        steps = range(-reach, reach + 1)
        self.moves = [(dy, dx) for dy in steps for dx in steps if (dy, dx) != (0, 0)]
        self.heads = nn.ModuleList(nn.Conv2d(own, 3 + len(self.moves), 3, padding=1) for own in widths[-3:])
        for head in self.heads:
            nn.init.zeros_(head.weight), nn.init.zeros_(head.bias)

    def moved(self, frame, shares):
        side, reach = frame.shape[-1], self.reach
        wide = F.pad(frame, (reach,) * 4, mode="replicate")
        neighbours = torch.stack([
            wide[:, :, reach + dy:reach + dy + side, reach + dx:reach + dx + side] for dy, dx in self.moves], 1)
        return ((neighbours - frame[:, None]) * shares[:, :, None]).sum(1)

    def forward(self, x, last):
        x, added = self.first(x), []
        for i, (side, convolution) in enumerate(zip(self.sides, self.convolutions)):
            if x.shape[-1] != side:
                x = F.interpolate(x, size=side, mode="nearest" if 2 * x.shape[-1] == side else "bilinear")
            x = convolution(x)
            said = i - (len(self.sides) - 3)
            if said >= 0:
                head = self.heads[said](x)
                here = head[:, :3] + self.moved(last[2 - said], head[:, 3:])
                added.insert(0, here if said == 0 else F.interpolate(added[0], scale_factor=2, mode="nearest") + here)
        return added


def next_frame(encoder, size, batch, memory_format):
    """The frame after four: absolute error and gradient difference at three scales."""
    past = 4
    whole = getattr(models, encoder)(size)
    encoder = whole[:-2]  # its maps
    decoder = FrameDecoder(past * whole.width, size)
    model = nn.ModuleList([encoder, decoder]).to(memory_format=memory_format)
    video = torch.randint(0, 256, (batch, past + 1, size, size, 3), dtype=torch.uint8)

    def pyramid(x):
        return [x, F.avg_pool2d(x, 2), F.avg_pool2d(x, 4)]

    def steep(x):
        return (x[:, :, 1:] - x[:, :, :-1]).abs(), (x[:, :, :, 1:] - x[:, :, :, :-1]).abs()

    def error(guess, truth):
        edges = sum((a - b).abs().mean() for a, b in zip(steep(guess), steep(truth)))
        return (guess - truth).abs().mean() + edges

    def loss_of(video):
        x = pictures(video.flatten(0, 1)).contiguous(memory_format=memory_format).unflatten(0, (batch, past + 1))
        maps = encoder(x[:, :past].flatten(0, 1).contiguous(memory_format=memory_format))
        last = pyramid(x[:, past - 1])
        added = decoder(maps.unflatten(0, (batch, past)).flatten(1, 2), last)
        guess = [frame + own for frame, own in zip(last, added)]
        return sum(error(a, b) for a, b in zip(guess, pyramid(x[:, past])))

    return model, (video,), loss_of


def pictures(stored):
    """uint8 [N, H, W, 3] as float [N, 3, H, W]"""
    return stored.permute(0, 3, 1, 2).float() / 255


methods = {"simclr": simclr, "clip": clip, "next-frame": next_frame}
