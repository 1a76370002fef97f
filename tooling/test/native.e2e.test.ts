import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = join(dirname(dirname(fileURLToPath(import.meta.url))), "native.mjs");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ltu-native-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of this name, first and only on the path of the run. */
function program(name: string, body: string): void {
  const path = join(folder, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function native(
  args: readonly string[],
  { stopWhen, env = {} }: { stopWhen?: RegExp; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      env: { PATH: join(folder, "bin"), LTU_CACHE: join(folder, "cache"), ...env },
    });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += String(chunk);
      if (stopWhen?.test(output)) child.kill("SIGINT");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** What a run left in its cache folder. */
function left(): string[] {
  const cache = join(folder, "cache", "native");
  return existsSync(cache) ? readdirSync(cache) : [];
}

/** A python whose pip "downloads" a file that is no wheel. */
function pythonThat(download: string): void {
  program(
    "python3",
    `case "$*" in
  *"pip download"*) while [ "$1" != --dest ]; do shift; done; ${download};;
  *) exit 0;;
esac`,
  );
}

describe("npm run native", () => {
  it("names the Debian package of a missing python", async () => {
    program("g++", "exit 0");

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toContain("install the Debian package python3.");
    expect(left()).toEqual([]);
  });

  it("names the Debian package of a missing pip", async () => {
    program("g++", "exit 0");
    program("python3", `case "$*" in *pip*) exit 1;; *) exit 0;; esac`);

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toContain("install the Debian package python3-pip.");
  });

  it("names the Debian package of a missing compiler before it downloads anything", async () => {
    pythonThat("exit 1");

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toContain("install the Debian package g++.");
    expect(output).not.toContain("downloading");
  });

  it("keeps nothing of a wheel with another checksum", async () => {
    program("g++", "exit 0");
    pythonThat(`echo no wheel > "$2/tensorflow.whl"`);

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toMatch(
      /The checksum of tensorflow\.whl must be [0-9a-f]{64}, found [0-9a-f]{64}; nothing was kept/,
    );
    expect(left()).toEqual([]);
  });

  it("says in one sentence that pip cannot reach its index", async () => {
    program("g++", "exit 0");
    pythonThat("echo 'ERROR: No matching distribution found'; exit 1");

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toMatch(
      /pip could not download tensorflow(-cpu)? 2\.20\.0 \(ERROR: No matching distribution found\)/,
    );
  });

  it("leaves nothing behind when it is interrupted", async () => {
    program("g++", "exit 0");
    pythonThat(`echo half > "$2/half.whl"; exec /bin/sleep 20`);

    const { code } = await native(["--route", "wheel"], { stopWhen: /downloading/ });

    expect(code).toBe(130);
    expect(left()).toEqual([]);
  });

  it("refuses an archive of the vendor with another checksum, and turns to pip when the host does not answer", async () => {
    program("g++", "exit 0");
    pythonThat("exit 1");
    const server = createServer((_, response) => response.end("no archive")).listen(0);
    const { port } = server.address() as { port: number };
    const env = { TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${port}/` };

    // By a route that has to be the vendor's, so that a machine at other work has time to answer.
    const answered = await native(["--route", "vendor"], { env });
    await new Promise((resolve) => server.close(resolve));
    const silent = await native([], { env });

    expect(answered.code).toBe(2);
    expect(answered.output).toMatch(/checksum of .*libtensorflow.* must be/);
    expect(silent.output).toContain("does not answer");
    expect(silent.output).toContain("with pip");
    expect(left()).toEqual([]);
  });

  it("refuses a cache folder that cannot be written", async () => {
    writeFileSync(join(folder, "cache"), "a file");

    const { code, output } = await native(["--route", "wheel"]);

    expect(code).toBe(2);
    expect(output).toContain("set LTU_CACHE to another folder");
  });

  it("refuses options that do not exist", async () => {
    for (const args of [["--rout"], ["--route", "mail"], ["extra"]]) {
      const { code, output } = await native(args);
      expect(code, args.join(" ")).toBe(2);
      expect(output.trim().split("\n")).toHaveLength(1);
    }
  });

  it.runIf(process.env["LTU_TEST_NATIVE"] === "1")(
    "loads what was built, and multiplies two matrices",
    async () => {
      const { code, output } = await native(["--check"]);

      expect(output).toContain("works: @tensorflow/tfjs-node@4.22.0");
      expect(code).toBe(0);
    },
  );
});
