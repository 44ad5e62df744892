// The life of sources and pages as the official SDK leads it.
// Usage: node lifecycle.mjs BASE_URL TOKEN
import assert from "node:assert/strict";
import { IntercomClient, IntercomError } from "intercom-client";

const [baseUrl, token] = process.argv.slice(2);
const connect = (options) => new IntercomClient({ baseUrl, token, ...options });

// The SDK's stable half calls an id by its kind, its unstable half just id.
const source = (id) => ({ id: String(id), source_id: String(id) });
const page = (id) => ({ id, page_id: id });

async function rejects(promise, status, code) {
  await assert.rejects(promise, (err) => {
    assert.ok(err instanceof IntercomError, String(err));
    assert.equal(err.statusCode, status);
    assert.equal(err.body.type, "error.list");
    assert.equal(err.body.errors[0].code, code);
    return true;
  });
}

async function sources(ai) {
  const made = await ai.createContentImportSource({ url: "https://sdk.example.com" });
  assert.equal(typeof made.id, "number");
  assert.equal(made.sync_behavior, "api");
  assert.equal(made.status, "active");

  assert.deepEqual(await ai.getContentImportSource(source(made.id)), made);
  const updated = await ai.updateContentImportSource({
    ...source(made.id),
    sync_behavior: "api",
    status: "deactivated",
    url: "https://sdk.example.com/docs",
  });
  assert.equal(updated.id, made.id);
  assert.equal(updated.status, "deactivated");

  const list = await ai.listContentImportSources();
  assert.equal(list.type, "list");
  assert.deepEqual(list.data[0], updated);
  assert.equal(list.pages.next, undefined);
  return made.id;
}

async function pages(ai, source_id) {
  const draft = {
    title: "Test",
    html: "<h1>Test</h1>",
    url: "https://sdk.example.com/test",
    source_id,
    external_id: "test.md",
  };
  const made = await ai.createExternalPage(draft);
  assert.equal(typeof made.id, "string");
  assert.equal(made.locale, "en");
  assert.equal(made.ai_agent_availability, false);

  const flags = { ai_agent_availability: true, ai_copilot_availability: true };
  const again = await ai.createExternalPage({ ...draft, ...flags, title: "Test 2" });
  assert.equal(again.id, made.id);
  assert.equal(again.title, "Test 2");
  assert.equal(again.ai_agent_availability, true);

  const it = page(made.id);
  assert.deepEqual(await ai.getExternalPage(it), again);
  const put = await ai.updateExternalPage({ ...it, ...draft, title: "Test 3" });
  assert.equal(put.id, made.id);
  assert.equal(put.title, "Test 3");

  const gone = await ai.deleteExternalPage(it);
  assert.equal(gone.id, made.id);
  assert.equal(gone.html, "");
  await rejects(ai.getExternalPage(it), 404, "not_found");
  await rejects(ai.deleteExternalPage(it), 404, "not_found");
}

// The SDK gives no second page of a list; its next has to be an address to ask.
async function lists(ai, source_id) {
  for (let n = 0; n < 51; n++) {
    await ai.createExternalPage({ title: `Page ${n}`, html: "", source_id, external_id: `${n}` });
  }
  const first = await ai.listExternalPages();
  assert.equal(first.total_count, 51);
  assert.equal(first.data.length, 50);
  assert.equal(first.data[0].external_id, "50");
  assert.ok(first.pages.next.startsWith(`${baseUrl}/ai/external_pages?`));
  const answer = await fetch(first.pages.next, { headers: { Authorization: `Bearer ${token}` } });
  const second = await answer.json();
  assert.equal(second.data.length, 1);
  assert.equal(second.pages.next, undefined);
}

async function life(ai) {
  const source_id = await sources(ai);
  await pages(ai, source_id);
  await lists(ai, source_id);
  await ai.deleteContentImportSource(source(source_id));
  assert.equal((await ai.listExternalPages()).total_count, 0);
  assert.equal((await ai.listContentImportSources()).total_count, 0);
  await rejects(ai.getContentImportSource(source(source_id)), 404, "not_found");
}

const client = connect();
assert.equal((await client.admins.identify()).app.id_code, "emulator");
await life(client.aiContent);
await life(connect({ version: "Unstable" }).unstable.aiContent);
await rejects(connect({ token: "wrong" }).aiContent.listExternalPages(), 401, "unauthorized");
