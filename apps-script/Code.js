/**
 * The menu Rowshot in a Google Sheet: renders or prices the worksheet that is open.
 *
 * It asks the stack's Drop function, at the address and with the secret of the script's properties
 * (Project settings, Script properties): ROWSHOT_URL, the stack's output DropUrl, and ROWSHOT_SECRET, what
 * "rowshot menu-secret" prints for this spreadsheet. It can ask for runs of this one spreadsheet only.
 */

/** How many rows a trial renders. */
var TRIAL_ROWS = 5;

/** Problems that fit into a dialog. */
var MOST_PROBLEMS = 12;

/** Adds the menu when the sheet is opened. */
function onOpen() {
  SpreadsheetApp.getUi()
    .createMenu('Rowshot')
    .addItem('Render this sheet', 'renderSheet')
    .addItem('Render the first ' + TRIAL_ROWS + ' rows', 'renderFirstRows')
    .addItem('Price this sheet', 'priceSheet')
    .addToUi();
}

/** Renders every row that has changed. */
function renderSheet() {
  ask_('render', null);
}

/** Renders the first rows as a trial. */
function renderFirstRows() {
  ask_('render', TRIAL_ROWS);
}

/** Says what rendering would cost, and what is wrong with which row. */
function priceSheet() {
  ask_('price', null);
}

/** Asks Drop about the worksheet that is open, and shows what it says. */
function ask_(mode, first) {
  var sheet = SpreadsheetApp.getActiveSheet();
  var answer;
  try {
    // Drop reads the worksheet by itself: what was typed a moment ago has to be there.
    SpreadsheetApp.flush();
    answer = send_({
      spreadsheet_id: SpreadsheetApp.getActiveSpreadsheet().getId(),
      worksheet: sheet.getName(),
      mode: mode,
      first: first
    });
  } catch (error) {
    answer = { error: error.message };
  }
  show_(sheet.getName(), answer);
}

/** Sends a signed request and returns the answer's JSON. */
function send_(request) {
  var settings = settings_();
  var body = JSON.stringify(request);
  var timestamp = String(Math.floor(Date.now() / 1000));
  var response = UrlFetchApp.fetch(settings.url, {
    method: 'post',
    contentType: 'application/json',
    payload: body,
    headers: {
      'X-Rowshot-Timestamp': timestamp,
      'X-Rowshot-Signature': signature_(settings.secret, timestamp, body)
    },
    followRedirects: false,
    muteHttpExceptions: true
  });
  try {
    return JSON.parse(response.getContentText());
  } catch (error) {
    throw new Error('Rowshot did not answer as it should (' + response.getResponseCode() + '): try again in a minute.');
  }
}

/** HMAC-SHA256 over "<timestamp>.<body>" as 64 hex digits. */
function signature_(secret, timestamp, body) {
  var bytes = Utilities.computeHmacSha256Signature(
    timestamp + '.' + body, secret, Utilities.Charset.UTF_8);
  return bytes.map(function (byte) {
    // Apps Script's bytes are signed.
    return ('0' + (byte & 0xff).toString(16)).slice(-2);
  }).join('');
}

/** The address and the secret of the stack. */
function settings_() {
  var properties = PropertiesService.getScriptProperties();
  var url = (properties.getProperty('ROWSHOT_URL') || '').trim();
  var secret = (properties.getProperty('ROWSHOT_SECRET') || '').trim();
  if (!url || !secret) {
    throw new Error('Set ROWSHOT_URL and ROWSHOT_SECRET first: Extensions, Apps Script, Project settings, Script properties.');
  }
  if (url.indexOf('https://') !== 0) {
    throw new Error('ROWSHOT_URL must begin with https://.');
  }
  return { url: url, secret: secret };
}

/** Shows an answer: a short note for a run that has begun, a dialog for a price or a problem. */
function show_(title, answer) {
  var ui = SpreadsheetApp.getUi();
  if (answer.error) {
    ui.alert('Rowshot', answer.error, ui.ButtonSet.OK);
  } else if (answer.run_id) {
    SpreadsheetApp.getActiveSpreadsheet().toast(answer.message, 'Rowshot', 8);
  } else {
    ui.alert('Rowshot: ' + title, priced_(answer), ui.ButtonSet.OK);
  }
}

/** A price as text, with the rows that cannot be rendered. */
function priced_(answer) {
  var problems = answer.problems || [];
  var lines = problems.slice(0, MOST_PROBLEMS).map(function (each) {
    return 'Row ' + each.row + (each.slug ? ' (' + each.slug + ')' : '') + ': ' + each.reasons.join(' ');
  });
  var more = problems.length - lines.length + (answer.more_problems || 0);
  if (more > 0) {
    lines.push('… and ' + more + ' more.');
  }
  return [answer.message].concat(lines.length ? [''] : [], lines).join('\n');
}
