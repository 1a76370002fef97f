import { LtuError } from "@ltu/core";

/**
 * How a PyTorch model calls its parameters. `"torchvision"`, which are also the names of this package: `fc`,
 * `downsample.0`, for `vit-tiny` those of timm. `"kuangliu"`, the names of kuangliu/pytorch-cifar: `linear` and
 * `shortcut.0` in ResNets.
 */
export type Naming = "torchvision" | "kuangliu";

/** The parameter's name in PyTorch. */
export function torchName(name: string, naming: Naming): string {
  checkNaming(naming);
  if (naming === "torchvision") return name;
  return name.replace(/^fc\./, "linear.").replace(/\.downsample\./, ".shortcut.");
}

function checkNaming(naming: Naming): void {
  if (naming === "torchvision" || naming === "kuangliu") return;
  throw new LtuError(
    "OPTION",
    `torch: naming must be torchvision or kuangliu, found ${String(naming)}; choose the one of the PyTorch model.`,
  );
}
