"""Makes the vectors of test/torch: PyTorch's own files, and what its networks answer.

    pip install torch torchvision timm safetensors
    python packages/models/scripts/torch_vectors.py

Made with torch 2.15.0, timm 1.0.31, safetensors 0.8.0, on the CPU. Networks are written out here where no library has
them: resnet18 and its width after torchvision's BasicBlock (stem as in OPTML-Group/Unlearn-Saliency a6e89fd), resnet20s
with shortcut option A and vgg16_bn after that repository, the vision transformer is timm's.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer
from torch import nn

OUT = Path(__file__).parent.parent / "test" / "torch"


def conv(inp, out, size=3, stride=1, pad=1):
    return nn.Conv2d(inp, out, size, stride, pad, bias=False)


class Block(nn.Module):
    """A basic block; `pad` is shortcut option A, without parameters."""

    def __init__(self, inp, out, stride, pad):
        super().__init__()
        self.conv1, self.bn1 = conv(inp, out, stride=stride), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = conv(out, out), nn.BatchNorm2d(out)
        self.inp, self.out, self.stride = inp, out, stride
        if stride != 1 and not pad:
            self.downsample = nn.Sequential(conv(inp, out, 1, stride, 0), nn.BatchNorm2d(out))

    def shortcut(self, x):
        if self.stride == 1:
            return x
        if hasattr(self, "downsample"):
            return self.downsample(x)
        side = (self.out - self.inp) // 2
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, side, side))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, widths, blocks, classes, pad=False, imagenet=False):
        super().__init__()
        self.imagenet = imagenet
        first = widths[0]
        self.conv1 = conv(3, first, 7, 2, 3) if imagenet else conv(3, first)
        self.bn1 = nn.BatchNorm2d(first)
        for i, out in enumerate(widths):
            inp = widths[i - 1] if i else first
            stage = [Block(inp if k == 0 else out, out, 2 if i and k == 0 else 1, pad) for k in range(blocks)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
        self.stages = len(widths)
        self.fc = nn.Linear(widths[-1], classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        if self.imagenet:
            x = F.max_pool2d(x, 3, 2, 1)
        for i in range(self.stages):
            x = getattr(self, f"layer{i + 1}")(x)
        return self.fc(x.mean((2, 3)))


class Vgg16(nn.Module):
    def __init__(self, classes):
        super().__init__()
        layers, inp = [], 3
        for out in [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512]:
            if out == "M":
                layers.append(nn.MaxPool2d(2, 2))
            else:
                layers += [conv(inp, out), nn.BatchNorm2d(out), nn.ReLU()]
                inp = out
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(2048, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, classes)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(self.features(x), 2), 1))


class SmallCnn(nn.Module):
    def __init__(self, classes):
        super().__init__()
        inp = 3
        for i, out in enumerate([16, 48, 96, 128]):
            setattr(self, f"conv{i + 1}", conv(inp, out, stride=2))
            setattr(self, f"bn{i + 1}", nn.BatchNorm2d(out))
            inp = out
        self.fc = nn.Linear(inp, classes)

    def forward(self, x):
        for i in range(4):
            x = F.relu(getattr(self, f"bn{i + 1}")(getattr(self, f"conv{i + 1}")(x)))
        return self.fc(x.mean((2, 3)))


class Mlp(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))


def vit(size, depth, width, heads, classes):
    return VisionTransformer(
        img_size=size, patch_size=4, embed_dim=width, depth=depth, num_heads=heads, num_classes=classes
    )


def weyl(count, seed):
    """Numbers in [-0.5, 0.5) that any language makes exactly: multiples of 2^-24 of a Weyl sequence."""
    i = np.arange(count, dtype=np.uint64) + np.uint64(1)
    bits = (i * np.uint64(2654435761) + np.uint64(seed) * np.uint64(1013904223)) % np.uint64(2**32)
    return (bits >> np.uint64(8)).astype(np.float32) / np.float32(2**24) - np.float32(0.5)


def fill(module):
    """Weights by formula, which a test makes again: name, shape, scale and centre of each, in the order of seeds."""
    described = []
    with torch.no_grad():
        for seed, (name, value) in enumerate(sorted(module.state_dict().items())):
            if name.endswith("num_batches_tracked"):
                described.append([name, [], 0, 0])
                continue
            fan = value[0].numel()
            around, scale = 0.0, 0.4
            if name.endswith("running_var") or (value.ndim == 1 and name.endswith("weight")):
                around = 1.0
            if value.ndim > 1 and name.endswith("weight"):
                # A power of two near sqrt(24 / fan), so that the product is exact in float32.
                scale = 2.0 ** round(np.log2(np.sqrt(24 / fan)))
            described.append([name, list(value.shape), scale, around])
            numbers = weyl(value.numel(), seed) * np.float32(scale) + np.float32(around)
            value.copy_(torch.from_numpy(numbers.astype(np.float32)).reshape(value.shape))
    return described


def normalised(images):
    return (images - 0.5) / 0.25


def by_formula():
    """Whole networks of full size: the names and shapes of PyTorch and the logits of two images."""
    networks = [
        ("resnet18", {}, 8, ResNet([64, 128, 256, 512], 2, 5)),
        ("resnet18", {"stem": "imagenet", "width": 8}, 64, ResNet([8, 16, 32, 64], 2, 5, imagenet=True)),
        ("resnet20", {}, 12, ResNet([16, 32, 64], 3, 5, pad=True)),
        ("resnet44", {}, 8, ResNet([16, 32, 64], 7, 5, pad=True)),
        ("resnet56", {}, 8, ResNet([16, 32, 64], 9, 5, pad=True)),
        ("vgg16_bn", {}, 32, Vgg16(5)),
        ("small-cnn", {}, 32, SmallCnn(5)),
        ("mlp", {"hidden": [7]}, 4, Mlp(48, 7, 5)),
        ("vit-tiny", {}, 8, vit(8, 12, 192, 3, 5)),
    ]
    cases = []
    for name, options, size, module in networks:
        state = fill(module)
        images = torch.from_numpy(weyl(2 * 3 * size * size, 99) + np.float32(0.5)).reshape(2, 3, size, size)
        module = module.double().eval()
        with torch.no_grad():
            logits = module(normalised(images.double()))
        cases.append(
            {
                "model": name,
                "options": options,
                "size": size,
                "state": state,
                "logits": [[float(f"{x:.9g}") for x in row] for row in logits.tolist()],
            }
        )
        print(name, options, logits.abs().max().item())
    (OUT / "networks.json").write_text(json.dumps({"classes": 5, "cases": cases}) + "\n")


def from_file():
    """Networks with random weights in the very file that Python writes, and what they answer in both modes."""
    torch.manual_seed(1)
    resnet = ResNet([4, 8, 16, 32], 2, 5)
    transformer = vit(16, 2, 24, 3, 5)
    for name, module in [("resnet18", resnet), ("vit-tiny", transformer)]:
        with torch.no_grad():
            for key, value in module.named_parameters():
                if "bn" in key or "norm" in key or "downsample.1" in key or key == "cls_token":
                    value.add_(0.2 * torch.randn_like(value))
        module.train()
        for _ in range(3):
            module(torch.randn(16, 3, 16, 16))
        save_file(module.state_dict(), OUT / f"{name}.safetensors", metadata={"format": "pt"})
        images, labels = torch.rand(4, 3, 16, 16), torch.tensor([0, 4, 2, 2])
        with torch.no_grad():
            evaluated = module.eval()(normalised(images))
        trained = module.train()(normalised(images))
        F.cross_entropy(trained, labels).backward()
        chosen = ["conv1.weight", "layer2.0.downsample.0.weight", "layer4.1.bn2.weight", "fc.weight"]
        gradients = {
            f"gradient/{key}": value.grad
            for key, value in module.named_parameters()
            if name == "vit-tiny" or key in chosen
        }
        after = {f"after/{key}": value for key, value in module.state_dict().items() if "running" in key}
        outputs = {"images": images, "eval": evaluated, "train": trained.detach(), **gradients, **after}
        save_file({key: value.contiguous() for key, value in outputs.items()}, OUT / f"{name}-outputs.safetensors")


def main():
    by_formula()
    from_file()
    for path in OUT.glob("*.safetensors"):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
