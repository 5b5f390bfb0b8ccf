// Shows the pack on this disk: how old it is, the pages to open or print, and the open incidents; goes back when the server answers.
const zh = localStorage.getItem('tocsin.tongue') === 'zh';
const tongue = zh ? 'zh' : 'en';
const at = (id) => document.getElementById(id);
const say = (id, en, chinese) => (at(id).textContent = zh ? chinese : en);
document.documentElement.lang = zh ? 'zh-CN' : 'en';
say('head', 'The server does not answer: work on paper', '服务器无响应：请改用纸面作业');
say('means', 'Nothing can be sent from here. This page goes back to the console by itself as soon as the server answers.',
  '此时无法下达任何指令。服务器恢复后，本页会自动返回控制台。');

function link(path, en, chinese) {
  const a = document.createElement('a');
  a.href = path;
  a.target = '_blank';
  a.textContent = zh ? chinese : en;
  at('links').append(a);
}

function cells(...texts) {
  const row = document.createElement('tr');
  for (const text of texts) row.append(Object.assign(document.createElement('td'), { textContent: text }));
  at('rows').append(row);
}

function show(pack) {
  const moment = (instant, options) => new Date(instant / 1000).toLocaleString('sv-SE', { timeZone: pack.zone, ...options });
  const count = () => {
    const minutes = Math.max(0, Math.floor((Date.now() - Number(pack.kept_at)) / 60000));
    say('age', `Pack as of ${moment(pack.at)} · kept ${minutes} min ago`, `应急包截至 ${moment(pack.at)} · ${minutes} 分钟前保存`);
  };
  count();
  setInterval(count, 10000);
  say('title', `Open incidents: ${pack.incidents.length}`, `未结警情：${pack.incidents.length}`);
  for (const one of pack.incidents) {
    const kind = pack.kinds[one.kind];
    cells(one.id, `P${one.priority}`, kind ? kind[tongue] : one.kind, one.place.text, one.units.join(' ') || '—', moment(one.called_at, { timeStyle: 'short' }));
  }
}

async function begin() {
  const kept = await caches.open('tocsin-pack');
  const names = (await kept.keys()).map((request) => new URL(request.url).pathname);
  const best = [tongue, zh ? 'en' : 'zh'].find((one) => names.includes(`/paper/pack-${one}.pdf`));
  if (best) link(`/paper/pack-${best}.pdf`, 'Open and print the pack', '打开并打印应急包');
  const forms = [tongue, zh ? 'en' : 'zh'].find((one) => names.includes(`/paper/forms-${one}.pdf`));
  if (forms) link(`/paper/forms-${forms}.pdf`, 'Open and print blank forms', '打开并打印空白单');
  const found = await kept.match('/paper/pack.json');
  if (found) show({ ...(await found.json()), kept_at: found.headers.get('x-kept-at') });
  else say('age', 'No pack is on this disk.', '本机没有应急包。');
}
void begin();
setInterval(() => fetch('/health', { cache: 'no-store' }).then((answer) => answer.ok && location.replace('/'), () => undefined), 3000);
