// Takes every form of an OpenRosa server, fills it in with @getodk/xforms-engine (ODK's web engine) and posts it.
// One JSON line for each submission on stdout; exit code 1 and the reasons on stderr when any of them failed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { FormFiller } from './form_filler.mjs';
import { elements, isAccepted, OpenRosaServer, parseXml, sha256 } from './openrosa_server.mjs';
import { PlausibleAnswers } from './plausible_answers.mjs';

const FILES_IN_ONE_POST = 100;

// Only reports go to stdout, whatever the engine finds worth printing.
console.log = console.error;
console.info = console.error;

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    user: { type: 'string' },
    password: { type: 'string', default: '' },
    photo: { type: 'string', multiple: true, default: [] },
    findings: { type: 'string', default: '1' },
    language: { type: 'string' },
    form: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    'files-per-post': { type: 'string', default: '0' },
    hints: { type: 'string' },
    'save-dir': { type: 'string' },
  },
});

const fail = (reason) => {
  process.exitCode = 1;
  console.error(reason);
};

/** Puts files into posts, in their order, so that none exceeds the limits. */
const grouped = (xmlFile, files, limit, filesPerPost) => {
  const most = filesPerPost > 0 ? filesPerPost : FILES_IN_ONE_POST;
  const groups = [[]];
  let size = xmlFile.size;
  for (const file of files) {
    if (groups.at(-1).length > 0 && (groups.at(-1).length >= most || size + file.size > limit)) {
      groups.push([]);
      size = xmlFile.size;
    }
    groups.at(-1).push(file);
    size += file.size;
  }
  return groups;
};

const opensRequest = (entity) =>
  entity.getAttribute('dataset') === 'talepler' && ['1', 'true'].includes(entity.getAttribute('create'));

const hintsUsed = new Map();

const fillAndPost = async (server, form, xform, media, photoFiles, hints) => {
  const filler = await FormFiller.load(xform, media, new PlausibleAnswers(hints, hintsUsed, xform), photoFiles, {
    findings: Number(options.findings),
    language: options.language,
    user: options.user,
  });
  const { xmlFile, photos } = await filler.fill();
  const xml = await xmlFile.text();
  const filled = parseXml(xml).documentElement;
  const instanceId = elements(filled, 'instanceID')[0].textContent;
  if (options['save-dir'] !== undefined) {
    mkdirSync(options['save-dir'], { recursive: true });
    writeFileSync(join(options['save-dir'], `${form.formID}-${instanceId.replace('uuid:', '')}.xml`), xml);
  }
  const limit = await server.askSubmissionLimit();
  const { status, message } = await server.submit(xmlFile, grouped(xmlFile, photos, limit, Number(options['files-per-post'])));
  process.stdout.write(
    `${JSON.stringify({
      form_id: form.formID,
      version: filled.getAttribute('version') ?? '',
      instance_id: instanceId,
      status,
      photos: await Promise.all(photos.map(async (photo) => ({ name: photo.name, sha256: sha256(Buffer.from(await photo.arrayBuffer())) }))),
      findings: elements(filled, 'entity').filter(opensRequest).length,
      message,
    })}\n`,
  );
  if (!isAccepted(status)) {
    fail(`${form.formID}: the server answered ${status}: ${message}`);
  }
};

const fillEveryForm = async () => {
  if (options.server === undefined) {
    throw new Error('--server URL is missing; the other options are in README.md');
  }
  const photoFiles = options.photo.map((path) => ({
    name: basename(path),
    type: path.toLowerCase().endsWith('.png') ? 'image/png' : 'image/jpeg',
    bytes: readFileSync(path),
  }));
  const hints = options.hints === undefined ? {} : JSON.parse(readFileSync(options.hints, 'utf-8'));
  const server = new OpenRosaServer(options.server, options.user ?? null, options.password);
  const forms = (await server.listForms()).filter((form) => options.form === undefined || form.formID === options.form);
  if (forms.length === 0) {
    throw new Error(options.form === undefined ? 'the form list is empty' : `the form list has no form ${options.form}`);
  }
  for (const form of forms) {
    try {
      const xform = await server.downloadForm(form);
      const media = await server.downloadMedia(form);
      for (let index = 0; index < Number(options.repeat); index += 1) {
        await fillAndPost(server, form, xform, media, photoFiles, hints);
      }
    } catch (error) {
      fail(`${form.formID}: ${error.message}${error.cause ? ` (${error.cause})` : ''}`);
    }
  }
};

try {
  await fillEveryForm();
} catch (error) {
  fail(`${error.message}${error.cause ? ` (${error.cause})` : ''}`);
}
