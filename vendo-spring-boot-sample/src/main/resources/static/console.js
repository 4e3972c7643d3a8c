'use strict';

// The parts of the page ask for themselves again (hx-trigger) when the application says that they have changed.
const parts = ['connections', 'balance', 'activity', 'stream'];
const retry = 1000;
const pace = 100;

const live = document.getElementById('live');
let interruptedAt = null;

function show(tone, words) {
	live.className = 'pill ' + tone;
	live.textContent = 'Page: ' + words;
}

// However much happens at once, a part asks for itself a few times a second at most.
const waiting = new Set();

function refresh(part) {
	if (!waiting.has(part)) {
		waiting.add(part);
		setTimeout(() => {
			waiting.delete(part);
			htmx.trigger(document.body, part);
		}, pace);
	}
}

function listen() {
	const source = new EventSource(live.dataset.source);
	source.addEventListener('open', () => {
		const seconds = (interruptedAt === null) ? null : Math.max(1, Math.round((Date.now() - interruptedAt) / 1000));
		show('good', (seconds === null) ? 'live' : `live again after ${seconds} s`);
		interruptedAt = null;
	});
	source.addEventListener('error', () => {
		interruptedAt ??= Date.now();
		show('bad', 'interrupted, reconnecting');
		if (source.readyState === EventSource.CLOSED) {
			// Browsers give up after an answer that is not a stream, as a proxy gives when the application restarts.
			setTimeout(listen, retry);
		}
	});
	for (const part of parts) {
		source.addEventListener(part, () => refresh(part));
	}
	window.addEventListener('pagehide', () => source.close(), { once: true });
}

// "3 minutes ago", kept up to date.
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

function tellTimes() {
	for (const time of document.querySelectorAll('time[data-relative]')) {
		const seconds = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
		const words = (Math.abs(seconds) < 60) ? relative.format(seconds, 'second')
			: (Math.abs(seconds) < 3600) ? relative.format(Math.trunc(seconds / 60), 'minute')
			: relative.format(Math.trunc(seconds / 3600), 'hour');
		if (time.textContent !== words) {
			time.textContent = words;
		}
	}
}

// The portal opens in a window of its own, so that this page is still there to show what comes of it.
document.addEventListener('click', (event) => {
	const link = event.target.closest('a[data-popup]');
	if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey
			&& window.open(link.href, link.target, 'popup,width=560,height=680')) {
		event.preventDefault();
	}
});

// What is new is read out in one sentence, not the whole list.
let announced = document.querySelector('#activity .words')?.textContent;
document.addEventListener('htmx:afterSwap', (event) => {
	tellTimes();
	if (event.detail.target.id === 'entries') {
		const latest = document.querySelector('#activity .words')?.textContent;
		if (latest !== announced) {
			announced = latest;
			document.getElementById('announcement').textContent = latest ?? '';
		}
	}
});

// What an endpoint says, as it says it.
for (const element of document.querySelectorAll('[data-json]')) {
	fetch(element.dataset.json)
		.then((answer) => answer.json())
		.then((json) => { element.textContent = JSON.stringify(json, null, 2); })
		.catch((failure) => { element.textContent = String(failure); });
}

tellTimes();
setInterval(tellTimes, 5000);
listen();
