// The body of a function: what in the page could not be read, named or reached by keyboard.
const obstacles = [];
const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });

function rgba(colour) {
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}

function over(top, bottom) {
  return [0, 1, 2].map((i) => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
}

function background(element) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.offscreen');
const told = (element) => element.tagName.toLowerCase() + ' "' + (element.textContent || element.id).trim().slice(0, 40) + '"';

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let read = 0;
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || /^(SCRIPT|STYLE)$/.test(element.tagName) || !isSeen(element)) continue;
  read++;
  const style = getComputedStyle(element), behind = background(element), size = parseFloat(style.fontSize);
  const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  const found = contrast(over(rgba(style.color), behind), behind);
  if (found < needed) obstacles.push(told(element) + ' has a contrast of ' + found.toFixed(2));
}
if (!read) obstacles.push('there is nothing to read');

for (const control of document.querySelectorAll('button, input, select, a[href]')) {
  if (!isSeen(control)) continue;
  const label = control.getAttribute('aria-label') || [...(control.labels || [])].map((one) => one.textContent).join('')
    || (control.tagName === 'BUTTON' || control.tagName === 'A' ? control.textContent : '');
  if (!label.trim()) obstacles.push(told(control) + ' has no label');
  control.focus({ preventScroll: true, focusVisible: true });
  const style = getComputedStyle(control);
  if (document.activeElement !== control || control.tabIndex < 0) obstacles.push(told(control) + ' is out of reach');
  else if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 1) obstacles.push(told(control) + ' does not show its focus');
  control.blur();
}
return obstacles;
