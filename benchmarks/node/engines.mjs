// Fills templates with the engines of Node when asked to, a line of JSON in and one out.
//
// node engines.mjs FOLDER: the templates and answers lie there as files, see node_engines.py.
// {"engine": "carbone", "of": "12", "times": 5}                  -> {"seconds": 0.04}
// {"engine": "carbone", "of": "12", "times": 1, "into": "x.docx"} -> the same, and the document
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { promisify } from "node:util";
import carbone from "carbone";
import Docxtemplater from "docxtemplater";
import { TemplateHandler } from "easy-template-x";
import { PDFDocument } from "pdf-lib";
import PizZip from "pizzip";

const folder = process.argv[2];
const file = (name) => path.join(folder, name);
const json = (name) => JSON.parse(fs.readFileSync(file(name), "utf8"));
const mustache = fs.readFileSync(file("mustache.docx"));
const form = fs.readFileSync(file("form.pdf"));
const { answers, values } = json("data.json");
const renderCarbone = promisify(carbone.render);

// each as its manual says, with the template already in memory where the engine takes it so
const engines = {
  docxtemplater(of) {
    const document = new Docxtemplater(new PizZip(mustache), { paragraphLoop: true });
    document.render(answers[of]);
    const level = { level: 6 };
    const packed = { type: "nodebuffer", compression: "DEFLATE", compressionOptions: level };
    return document.getZip().generate(packed);
  },
  "easy-template-x": (of) => new TemplateHandler().process(mustache, answers[of]),
  carbone: (of) => renderCarbone(file("carbone.docx"), answers[of], {}),
  async "pdf-lib"(of) {
    const document = await PDFDocument.load(form);
    const fields = document.getForm();
    for (const [name, value] of Object.entries(values.TEXT)) fields.getTextField(name).setText(value);
    for (const [name, value] of Object.entries(values.CHECK)) {
      if (value) fields.getCheckBox(name).check();
      else fields.getCheckBox(name).uncheck();
    }
    for (const [name, value] of Object.entries(values.RADIO)) fields.getRadioGroup(name).select(value);
    if (of === "flattened") fields.flatten();
    return document.save();
  },
};

async function done({ engine, of, times, into }) {
  const before = process.cpuUsage();
  let made;
  for (let time = 0; time < times; time++) made = await engines[engine](of);
  const { user, system } = process.cpuUsage(before);
  if (into) fs.writeFileSync(into, made);
  return { seconds: (user + system) / 1e6 };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const answer = await done(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
