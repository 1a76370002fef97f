// `npm run release`: publishes every package whose version the registry lacks. `-- --dry-run` shows it and publishes nothing.
// Versions and changelogs come from `changeset version`, in a commit of its own before.
import { spawnSync } from "node:child_process";

import { pnpm, root } from "./pnpm.mjs";

function step(title, args, env = {}) {
  process.stdout.write(`--- ${title}\n`);
  const call = pnpm(args);
  const { status } = spawnSync(call.command, call.args, {
    cwd: root,
    shell: call.shell,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  process.stderr.write(`release: "${title}" failed with code ${status}; nothing after it was done.\n`);
  process.exit(1);
}

const args = process.argv.slice(2);
const dryRun = args[0] === "--dry-run";
if (args.length > 1 || (args.length === 1 && !dryRun)) {
  process.stderr.write(`release: expected no argument or --dry-run, found ${args.join(" ")}.\n`);
  process.exit(2);
}
step("build", ["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
step("publint and attw", ["exec", "turbo", "run", "publint", "attw", "--output-logs=errors-only"]);
if (dryRun) step("what would be published", ["-r", "publish", "--dry-run", "--no-git-checks"]);
else step("publish", ["exec", "changeset", "publish"], { NPM_CONFIG_PROVENANCE: "true" });
