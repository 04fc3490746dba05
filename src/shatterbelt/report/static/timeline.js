'use strict';
// What happened: a lane for each actor.

function drawTimeline(place) {
  const wanted = $('#event-class').value;
  const narrow = place.clientWidth < 560;
  const label = event => (narrow ? event.lane : event.name);
  const lanes = [...new Set(DATA.events.map(label))];
  const events = DATA.events.filter(event => !wanted || event.class.startsWith(wanted)).map(event => ({
    ...event, t: Date.parse(event.t + 'T00:00:00Z'), lane: label(event),
    tip: `${event.date}  ${event.type}\n${event.actor}${event.target ? ' → ' + event.target : ''}\n${event.description}\nSource: ${event.source}; confidence ${event.confidence}`,
  }));
  const spec = structuredClone(DATA.specs.timeline);
  spec.layer[0].encoding.y.scale = { domain: lanes };
  spec.height = 34 * lanes.length + 30;
  spec.layer[0].encoding.x.axis.tickCount = 'year';
  if (narrow) spec.layer[0].encoding.x.axis = { orient: 'top', format: "'%y", tickCount: 6 };
  draw(place, spec, { events, now: [{ t: NOW }] });
}

function startTimeline() {
  const place = $('#timeline');
  if (!place || !DATA.events.length) return;
  whenSeen(place, () => drawTimeline(place));
  $('#event-class').addEventListener('change', () => drawTimeline(place));
}
