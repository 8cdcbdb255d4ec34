// The script under Node, with Google's services faked as their reference describes them.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const CODE = readFileSync(new URL('../Code.js', import.meta.url), 'utf8');
const MANIFEST = JSON.parse(readFileSync(new URL('../appsscript.json', import.meta.url), 'utf8'));
const SECRET = 'a secret with ümlauts and 中文';
const URL_ = 'https://abc.lambda-url.eu-central-1.on.aws/';
const ID = '1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-abcde';

/** A fresh sheet with the script in it. */
function sheet({ status = 200, answer = { run_id: 'r1', message: 'Rendering.' }, properties, title = '春季 "launch"' } = {}) {
  const seen = { requests: [], alerts: [], toasts: [], menus: [], flushed: 0 };
  const kept = properties || { ROWSHOT_URL: URL_, ROWSHOT_SECRET: SECRET };
  const ui = {
    ButtonSet: { OK: 'OK' },
    alert: (...said) => seen.alerts.push(said),
    createMenu(name) {
      const menu = { name, items: [] };
      return {
        addItem(caption, action) { menu.items.push([caption, action]); return this; },
        addToUi() { seen.menus.push(menu); },
      };
    },
  };
  const document = { getId: () => ID, toast: (...said) => seen.toasts.push(said) };
  const google = {
    SpreadsheetApp: {
      flush: () => { seen.flushed += 1; },
      getActiveSheet: () => ({ getName: () => title }),
      getActiveSpreadsheet: () => document,
      getUi: () => ui,
    },
    PropertiesService: {
      getScriptProperties: () => ({ getProperty: (name) => kept[name] ?? null }),
    },
    Utilities: {
      Charset: { UTF_8: 'UTF_8' },
      // Byte[] in Apps Script is an array of signed numbers.
      computeHmacSha256Signature(value, key, charset) {
        assert.equal(charset, 'UTF_8');
        return [...new Int8Array(createHmac('sha256', key).update(value, 'utf8').digest())];
      },
    },
    UrlFetchApp: {
      fetch(url, options) {
        seen.requests.push({ url, options });
        if (answer instanceof Error) throw answer;
        const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
        return { getResponseCode: () => status, getContentText: () => text };
      },
    },
  };
  const context = vm.createContext({ ...google, JSON, Date, Math, String, Error });
  vm.runInContext(CODE, context);
  return { script: context, seen };
}

test('the menu has three entries, and each names a function of the script', () => {
  const { script, seen } = sheet();
  script.onOpen();
  const [menu] = seen.menus;
  assert.equal(menu.name, 'Rowshot');
  assert.deepEqual(menu.items.map(([caption]) => caption),
    ['Render this sheet', 'Render the first 5 rows', 'Price this sheet']);
  for (const [, action] of menu.items) assert.equal(typeof script[action], 'function');
});

for (const [action, mode, first] of [['renderSheet', 'render', null], ['renderFirstRows', 'render', 5], ['priceSheet', 'price', null]]) {
  test(`${action} sends what was asked, signed over the moment and the very body`, () => {
    const { script, seen } = sheet();
    script[action]();
    const [{ url, options }] = seen.requests;
    assert.equal(url, URL_);
    assert.equal(options.method, 'post');
    assert.equal(options.followRedirects, false);
    assert.deepEqual(JSON.parse(options.payload), { spreadsheet_id: ID, worksheet: '春季 "launch"', mode, first });
    const timestamp = options.headers['X-Rowshot-Timestamp'];
    assert.match(timestamp, /^\d{10}$/);
    assert.ok(Math.abs(Date.now() / 1000 - Number(timestamp)) < 5);
    const wanted = createHmac('sha256', SECRET).update(`${timestamp}.${options.payload}`, 'utf8').digest('hex');
    assert.equal(options.headers['X-Rowshot-Signature'], wanted);
    assert.equal(seen.flushed, 1);
  });
}

test('no secret leaves the script', () => {
  const { script, seen } = sheet();
  script.renderSheet();
  assert.ok(!JSON.stringify(seen).includes(SECRET));
});

test('a run that has begun is told in a passing note', () => {
  const { script, seen } = sheet();
  script.renderSheet();
  assert.deepEqual(seen.toasts, [['Rendering.', 'Rowshot', 8]]);
  assert.deepEqual(seen.alerts, []);
});

test('a price comes with the rows that cannot be rendered', () => {
  const problems = Array.from({ length: 14 }, (_, n) => ({ row: n + 2, slug: n ? `s${n}` : '', reasons: ['No prompt.', 'No size.'] }));
  const { script, seen } = sheet({ answer: { message: '20 ready. Rendering costs $0.50.', problems, more_problems: 3 } });
  script.priceSheet();
  const [[title, text]] = seen.alerts;
  assert.equal(title, 'Rowshot: 春季 "launch"');
  const lines = text.split('\n');
  assert.deepEqual(lines.slice(0, 4), ['20 ready. Rendering costs $0.50.', '', 'Row 2: No prompt. No size.', 'Row 3 (s1): No prompt. No size.']);
  assert.equal(lines.at(-1), '… and 5 more.');
});

test('a price without problems is one sentence', () => {
  const { script, seen } = sheet({ answer: { message: '2 ready. Rendering costs $0.05.', problems: [] } });
  script.priceSheet();
  assert.equal(seen.alerts[0][1], '2 ready. Rendering costs $0.05.');
});

for (const [why, options, pattern] of [
  ['a refusal', { status: 403, answer: { error: 'Share it with x@y.z as Editor.' } }, /^Share it with x@y\.z/],
  ['an answer that is no JSON', { status: 502, answer: 'Internal Server Error' }, /did not answer as it should \(502\)/],
  ['no connection', { answer: new Error('DNS error: https://abc') }, /DNS error/],
  ['no settings', { properties: {} }, /Set ROWSHOT_URL and ROWSHOT_SECRET first/],
  ['an address without TLS', { properties: { ROWSHOT_URL: 'http://abc', ROWSHOT_SECRET: SECRET } }, /must begin with https/],
]) {
  test(`${why} is told in one sentence`, () => {
    const { script, seen } = sheet(options);
    script.renderSheet();
    assert.equal(seen.alerts.length, 1);
    assert.equal(seen.alerts[0][0], 'Rowshot');
    assert.match(seen.alerts[0][1], pattern);
    assert.deepEqual(seen.toasts, []);
  });
}

test('the script asks for no more rights than it uses', () => {
  assert.deepEqual(MANIFEST.oauthScopes.map((each) => each.split('/').at(-1)).sort(),
    ['script.container.ui', 'script.external_request', 'spreadsheets.currentonly']);
});
