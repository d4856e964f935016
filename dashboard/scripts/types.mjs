// Writes src/api/schema.d.ts and src/api/holidays.json from the Python package; with --check, only
// says whether they are what it would write.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const venv = here("../../.venv/bin/python");
const python = process.env.PYTHON ?? (existsSync(venv) ? venv : "python3");
const told = execFileSync(python, [here("openapi.py")], { maxBuffer: 1 << 26 });
const { openapi, holidays } = JSON.parse(told);

const types = astToString(await openapiTS(openapi, { defaultNonNullable: true }));
const files = {
  "../src/api/schema.d.ts": `// Made by \`npm run types\` from the API's OpenAPI document. Do not edit.\n\n${types}`,
  "../src/api/holidays.json": `${JSON.stringify(holidays)}\n`,
};
let drifted = false;
for (const [path, content] of Object.entries(files)) {
  const old = existsSync(here(path)) ? readFileSync(here(path), "utf8") : "";
  if (old === content) continue;
  if (process.argv.includes("--check")) {
    console.error(`${path.slice(3)} is not what the API says now. Run: npm run types`);
    drifted = true;
  } else {
    writeFileSync(here(path), content);
    console.log(`${path.slice(3)} written`);
  }
}
process.exitCode = drifted ? 1 : 0;
