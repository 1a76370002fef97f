"""The PyTorch side of `compare-pytorch.ts`: whole training steps of the same ResNet-20.

Reads one line a round from standard input (the number of steps) and answers with the seconds it took. Model,
batch and optimizer are those of `npm run bench:step`: shortcut option A, normalisation first, cross-entropy, SGD with
momentum 0.9 and weight decay 5e-4. `--channels-last` uses PyTorch's faster memory layout.
"""

import argparse
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402


class Block(nn.Module):
    def __init__(self, channels_in, channels_out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.extra = channels_out - channels_in

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.extra:
            half = self.extra // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, half, self.extra - half))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.register_buffer("mean", torch.full((1, 3, 1, 1), 0.5))
        self.register_buffer("std", torch.full((1, 3, 1, 1), 0.25))
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
        self.blocks = nn.Sequential(*[Block(a, b, 2 if a != b else 1) for a, b in zip(widths, widths[1:])])
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1((x - self.mean) / self.std)))
        return self.fc(self.blocks(x).mean((2, 3)))


parser = argparse.ArgumentParser()
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--channels-last", action="store_true")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
layout = torch.channels_last if options.channels_last else torch.contiguous_format
model = ResNet20().to(memory_format=layout)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
images = torch.rand(options.batch, 3, 32, 32).to(memory_format=layout)
labels = torch.arange(options.batch) % 10


def step():
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


parameters = sum(p.numel() for p in model.parameters())
print(json.dumps({"versions": {"torch": torch.__version__}, "parameters": parameters}), flush=True)
for line in sys.stdin:
    started, used = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        step()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu}), flush=True)
