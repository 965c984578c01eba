import { launch } from "./chromium.mjs"; import { serve } from "./serve.mjs";
const site = await serve("/work/main/www/dist"); const b = await launch();
const jobs = JSON.parse(process.argv[2]);
for (const j of jobs) {
  const c = await b.newContext({ locale: j.locale ?? "en-GB", colorScheme: j.scheme ?? "light", viewport: j.size ?? { width: 1280, height: 900 }, deviceScaleFactor: 1 });
  const p = await c.newPage(); p.on("pageerror", e => console.log("PAGEERROR", String(e))); p.on("console", m => ["error","warning"].includes(m.type()) && console.log("CONSOLE", m.text()));
  await p.goto(site.url + (j.path ?? "")); await p.waitForSelector("body[data-ready]", { timeout: 20000 }).catch(e => console.log("not ready"));
  for (const [kind, sel, val] of j.do ?? []) { if (kind === "fill") { await p.fill(sel, val); await p.press(sel, "Enter"); } else if (kind === "click") await p.click(sel); else if (kind==="wait") await p.waitForTimeout(Number(sel)); await p.waitForTimeout(250); }
  await p.waitForTimeout(500);
  await p.screenshot({ path: `/work/main/target/shots/${j.name}.png`, fullPage: !!j.full }); 
  if (j.eval) console.log(j.name, JSON.stringify(await p.evaluate(j.eval)));
  await c.close();
}
await b.close(); site.close();
