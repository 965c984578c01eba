"""Training speed of the light image network in PyTorch, in images per second: `npm run bench:train`.

    train_speed.py --size 28 --channels 1 --width 32 --batch 64 --classes 10 --steps 60 --threads 2

Prints one JSON object. Layers, loss, optimizer, clipping and weight averaging equal the trainer's; images are noise.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

STAGES = [1, 2, 4]


class ConvNorm(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride):
        edge = -(-max(kernel - stride, 0) // 2)
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, edge, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = ConvNorm(inputs, outputs, 3, stride)
        self.second = ConvNorm(outputs, outputs, 3, 1)
        self.shortcut = ConvNorm(inputs, outputs, 1, stride) if inputs != outputs or stride != 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


class Light(nn.Module):
    def __init__(self, size, channels, width, classes, embedding=64):
        super().__init__()
        stride = max(size // 14, 1)
        widths = [width] + [width * times for times in STAGES]
        # A layer with few channels sees fine detail before the side is halved.
        fine = max(width // 2, 1)
        stem = [(channels, width, 3 * stride, stride)]
        if stride >= 2:
            stem = [(channels, fine, 3 * (stride // 2), stride // 2), (fine, width, 3, 2)]
        self.stem = nn.Sequential(*(nn.Sequential(ConvNorm(*layer), nn.ReLU()) for layer in stem))
        self.blocks = nn.Sequential(*(Block(a, b, 1 if i == 0 else 2) for i, (a, b) in enumerate(zip(widths, widths[1:]))))
        self.embed = nn.Linear(widths[-1], embedding)
        self.head = nn.Linear(embedding, classes)

    def forward(self, x):
        x = self.blocks(self.stem(x)).mean((2, 3))
        embedding = F.normalize(self.embed(F.dropout(x, 0.1, self.training)))
        return embedding, self.head(embedding) * 10


def contrastive(embedding, labels):
    same = (labels[:, None] == labels[None]).float().fill_diagonal_(0)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    similarity = (embedding @ embedding.T / 0.1).masked_fill(itself, -1e9)
    return -(F.log_softmax(similarity, 1) * same / same.sum(1, keepdim=True).clamp(min=1)).sum(1).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in dict(size=28, channels=1, width=32, batch=64, classes=10, steps=60, threads=2).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", default="cpu", help="cpu, or cuda to compare with `trainer --device gpu`")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    network = Light(options.size, options.channels, options.width, options.classes).to(options.device)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=2e-2)
    average = [p.detach().clone() for p in network.parameters()]

    def step():
        images = torch.randn(options.batch, options.channels, options.size, options.size).to(options.device)
        labels = torch.randint(options.classes, (options.batch,)).to(options.device)
        embedding, scores = network(images)
        loss = F.cross_entropy(scores, labels, label_smoothing=0.05) + 0.1 * contrastive(embedding, labels)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        with torch.no_grad():
            for old, new in zip(average, network.parameters()):
                old.lerp_(new, 0.002)
        # The trainer reads every loss, to stop at the first NaN; so does this.
        return loss.item()

    for _ in range(5):
        step()
    started, cpu = time.perf_counter(), time.process_time()
    for _ in range(options.steps):
        step()
    images = options.steps * options.batch
    print(json.dumps({
        "images_per_second": images / (time.perf_counter() - started),
        "images_per_cpu_second": images / (time.process_time() - cpu),
        "parameters": sum(p.numel() for p in network.parameters()), "torch": torch.__version__, "threads": options.threads,
    }))


if __name__ == "__main__":
    main()
