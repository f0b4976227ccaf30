// The HTTP side of a tablet that runs ODK's form engine in a browser: lists forms, downloads them, posts submissions.
import { createHash } from 'node:crypto';
import { JSDOM } from 'jsdom';

const DEVICE_ID = 'collect:xforms-engine-test-client';
const FORM_LIST = 'http://openrosa.org/xforms/xformsList';
const MANIFEST = 'http://openrosa.org/xforms/xformsManifest';
const DEFAULT_CONTENT_LENGTH = 10_000_000;

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export const parseXml = (text) => {
  const { window } = new JSDOM('');
  return new window.DOMParser().parseFromString(text, 'text/xml');
};

/** All descendants of `parent` with this local name, whatever their namespace. */
export const elements = (parent, name) => Array.from(parent.getElementsByTagNameNS('*', name));

const textOf = (parent, name) => elements(parent, name)[0]?.textContent.trim() ?? '';

const firstMessage = (body) => {
  try {
    return textOf(parseXml(body), 'message');
  } catch {
    return body.slice(0, 300);
  }
};

export const isAccepted = (status) => status === 201 || status === 202;

export class OpenRosaServer {
  #root;
  #authorization = null;
  #credentials = null;

  /** `root` is the address that ends in /openrosa or /openrosa/key/TOKEN; a `user` of null signs in by the address alone. */
  constructor(root, user, password) {
    this.#root = root.replace(/\/+$/, '');
    if (user !== null) {
      this.#credentials = `Basic ${Buffer.from(`${user}:${password}`, 'utf-8').toString('base64')}`;
    }
  }

  async #send(url, options = {}) {
    const address = new URL(url);
    address.searchParams.set('deviceID', DEVICE_ID);
    const headers = { 'X-OpenRosa-Version': '1.0', ...(this.#authorization && { Authorization: this.#authorization }) };
    const response = await fetch(address, { ...options, headers });
    const challenged = /^basic/i.test(response.headers.get('www-authenticate') ?? '');
    if (response.status === 401 && challenged && this.#authorization === null && this.#credentials !== null) {
      await response.arrayBuffer();
      this.#authorization = this.#credentials;
      return this.#send(url, options);
    }
    return response;
  }

  async #download(url) {
    const response = await this.#send(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) {
      throw new Error(`GET ${url} answered ${response.status}: ${firstMessage(bytes.toString('utf-8'))}`);
    }
    return { bytes, type: response.headers.get('content-type') ?? '', version: response.headers.get('x-openrosa-version') };
  }

  async #openRosaDocument(url, rootName, namespace) {
    const { bytes, type, version } = await this.#download(url);
    const top = parseXml(bytes.toString('utf-8')).documentElement;
    if (version !== '1.0' || !type.includes('text/xml') || top.localName !== rootName || top.namespaceURI !== namespace) {
      throw new Error(`${url} is no OpenRosa ${rootName}: version ${version}, type ${type}, root {${top.namespaceURI}}${top.localName}`);
    }
    return top;
  }

  async listForms() {
    const list = await this.#openRosaDocument(`${this.#root}/formList`, 'xforms', FORM_LIST);
    return elements(list, 'xform').map((entry) => {
      const names = ['formID', 'name', 'version', 'hash', 'downloadUrl', 'manifestUrl'];
      const form = Object.fromEntries(names.map((name) => [name, textOf(entry, name)]));
      if (!form.formID || !form.name || !form.downloadUrl) {
        throw new Error('an entry of the form list lacks formID, name or downloadUrl');
      }
      return form;
    });
  }

  async downloadForm({ formID, downloadUrl, hash }) {
    const { bytes } = await this.#download(downloadUrl);
    expectHash(hash, bytes, `form ${formID}`);
    return bytes.toString('utf-8');
  }

  /** The files of the form's manifest: a Map of file name to bytes. */
  async downloadMedia({ manifestUrl }) {
    const media = new Map();
    if (!manifestUrl) {
      return media;
    }
    const manifest = await this.#openRosaDocument(manifestUrl, 'manifest', MANIFEST);
    for (const entry of elements(manifest, 'mediaFile')) {
      const filename = textOf(entry, 'filename');
      const { bytes } = await this.#download(textOf(entry, 'downloadUrl'));
      // The hash of an entity list is an opaque change tag, not one of the bytes.
      if (entry.getAttribute('type') !== 'entityList') {
        expectHash(textOf(entry, 'hash'), bytes, `media file ${filename}`);
      }
      media.set(filename, bytes);
    }
    return media;
  }

  /** The number of bytes that the server says it takes in one post. */
  async askSubmissionLimit() {
    const response = await this.#send(`${this.#root}/submission`, { method: 'HEAD' });
    if (response.status !== 204) {
      throw new Error(`HEAD submission answered ${response.status}, OpenRosa clients want 204`);
    }
    return Number(response.headers.get('x-openrosa-accept-content-length') ?? DEFAULT_CONTENT_LENGTH);
  }

  /** Posts the same XML with each group of files; every post but the last says that more will come. */
  async submit(xmlFile, groups) {
    let reply = null;
    for (const [index, files] of groups.entries()) {
      const body = new FormData();
      body.set('xml_submission_file', xmlFile, xmlFile.name);
      files.forEach((file) => body.set(file.name, file, file.name));
      if (index < groups.length - 1) {
        body.set('*isIncomplete*', 'yes');
      }
      const response = await this.#send(`${this.#root}/submission`, { method: 'POST', body });
      reply = { status: response.status, message: firstMessage(await response.text()) };
      if (!isAccepted(reply.status)) {
        break;
      }
    }
    return reply;
  }
}

const expectHash = (promised, bytes, what) => {
  const actual = `md5:${createHash('md5').update(bytes).digest('hex')}`;
  if (promised && promised !== actual) {
    throw new Error(`${what} was announced with ${promised} but its bytes have ${actual}`);
  }
};
