"""Makes segmentation.safetensors and segmentation_keys.txt with torchvision.

    python make_segmentation_fixtures.py

Float64 outputs of torchvision's FCN and DeepLabV3, and of a U-Net as the product's, with weights and
images from formula.py, for inference and for a training pass without dropout. Of each output the
file keeps what `samples` says.
"""

import math
import os

import numpy as np
import safetensors.numpy
import torch
import torchvision

from formula import samples, uniform

FOLDER = os.path.dirname(os.path.abspath(__file__))
CLASSES, COUNT, HEIGHT, WIDTH = 5, 2, 43, 58


def unit(inputs, outputs):
    return torch.nn.Sequential(
        torch.nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), torch.nn.BatchNorm2d(outputs),
        torch.nn.ReLU())


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outputs)
        self.conv2 = torch.nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outputs)

    def forward(self, x, skip):
        x = torch.nn.functional.interpolate(x, size=skip.shape[2:], mode="nearest")
        x = self.bn1(self.conv1(torch.cat([x, skip], dim=1))).relu()
        return self.bn2(self.conv2(x)).relu()


class UNet(torch.nn.Module):
    def __init__(self, backbone, channels):
        super().__init__()
        widths = [256, 128, 64, 32, 16]
        self.backbone = backbone
        del self.backbone.fc
        self.detail = unit(3, widths[4])
        inputs = [channels[4]] + widths[:4]
        skips = [channels[3], channels[2], channels[1], channels[0], widths[4]]
        self.decoder = torch.nn.ModuleList(
            Block(a + b, width) for a, b, width in zip(inputs, skips, widths))
        self.head = torch.nn.Conv2d(widths[4], CLASSES, 1)

    def forward(self, x):
        net = self.backbone
        features = [net.bn1(net.conv1(x)).relu()]
        y = net.maxpool(features[0])
        for layer in [net.layer1, net.layer2, net.layer3, net.layer4]:
            y = layer(y)
            features.append(y)
        for block, skip in zip(self.decoder, features[3::-1] + [self.detail(x)]):
            y = block(y, skip)
        return {"out": self.head(y)}


def torchvision_model(make):
    return lambda: make(weights=None, weights_backbone=None, num_classes=CLASSES)


segmentation = torchvision.models.segmentation
MODELS = {
    "fcn_resnet50": torchvision_model(segmentation.fcn_resnet50),
    "deeplabv3_resnet50": torchvision_model(segmentation.deeplabv3_resnet50),
    "unet-resnet18": lambda: UNet(torchvision.models.resnet18(), [64, 64, 128, 256, 512]),
}


def fill(model):
    """Weights from the formula, by the rules of `segmentationState` in the Swift test."""
    with torch.no_grad():
        for k, (name, tensor) in enumerate(model.state_dict().items()):
            u = uniform(k, tensor.numel()).reshape(tuple(tensor.shape))
            if name.endswith("num_batches_tracked"):
                value = np.array(3)
            elif tensor.ndim == 4:
                value = u * np.float32(math.sqrt(6 / tensor[0].numel()))
            elif name.endswith("running_var"):
                value = np.float32(1) + u * np.float32(0.5)
            elif name.endswith("bn3.weight"):
                value = np.float32(0.25) + u * np.float32(0.0625)
            elif name.endswith("weight"):
                value = np.float32(1) + u * np.float32(0.25)
            else:
                value = u * np.float32(0.125)
            tensor.copy_(torch.tensor(np.asarray(value)))


def main():
    arrays = {}
    x = torch.tensor(uniform(10_000, COUNT * 3 * HEIGHT * WIDTH)).double() * 2
    x = x.reshape(COUNT, 3, HEIGHT, WIDTH)
    with open(os.path.join(FOLDER, "segmentation_keys.txt"), "w") as file:
        for number, (name, make) in enumerate(MODELS.items()):
            model = make()
            for module in model.modules():
                if isinstance(module, torch.nn.Dropout):
                    module.p = 0
            fill(model)
            state = model.state_dict()
            file.write(f"{name} {len(state)}\n")
            for key, tensor in state.items():
                file.write(f"{key} {'x'.join(map(str, tensor.shape)) or '-'}\n")
            model = model.double()
            with torch.no_grad():
                inference = model.eval()(x)["out"]
                training = model.train()(x)["out"]
            for phase, output in [("inference", inference), ("training", training)]:
                assert output.shape == (COUNT, CLASSES, HEIGHT, WIDTH)
                rows = output.permute(0, 2, 3, 1).contiguous().numpy()
                arrays[f"{name}.{phase}"] = samples(number, rows).astype(np.float32)
            print(name, sum(p.numel() for p in model.parameters()),
                  inference.pow(2).mean().sqrt().item(), training.pow(2).mean().sqrt().item())
    safetensors.numpy.save_file(arrays, os.path.join(FOLDER, "segmentation.safetensors"))


main()
