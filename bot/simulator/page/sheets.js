// The sheets are what a phone has besides words: photos, files, a place, a contact.

const byID = (id) => document.getElementById(id);
const example = [-3.9778, 122.5151]; // in the middle of Kendari

// sheets(say) makes them work; say.files(list, photo), say.place and say.card send.
// It returns open(kind), for "contact", "location" or the sheet of all kinds.
export function sheets(say) {
  const [sheet, place, card] = ["sheet", "place", "card"].map(byID);
  for (const dialog of [sheet, place, card]) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
  const open = (kind) => {
    sheet.close();
    ({ contact: card, location: place }[kind] ?? sheet).showModal();
  };
  byID("open-place").addEventListener("click", () => open("location"));
  byID("open-card").addEventListener("click", () => open("contact"));
  pickers(sheet, say);
  placeSheet(place, say);
  cardSheet(card, say);
  return open;
}

function pickers(sheet, say) {
  for (const [button, input, photo] of [["pick-photos", "photos", true], ["pick-file", "file", false]]) {
    byID(button).addEventListener("click", () => byID(input).click());
    byID(input).addEventListener("change", (event) => {
      sheet.close();
      say.files([...event.target.files], photo);
      event.target.value = "";
    });
  }
}

function placeSheet(dialog, say) {
  const point = byID("point");
  const wrong = byID("point-wrong");
  const fill = (latitude, longitude) => {
    point.value = `${latitude}, ${longitude}`;
    wrong.textContent = "";
  };
  byID("example-place").addEventListener("click", () => fill(...example));
  const here = byID("this-place");
  here.hidden = !(window.isSecureContext && navigator.geolocation);
  here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => fill(coords.latitude.toFixed(6), coords.longitude.toFixed(6)),
    () => { wrong.textContent = "Lokasi perangkat tidak bisa dibaca. Ketik titiknya, atau pakai contoh."; },
  ));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const numbers = point.value.trim().match(/^(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)$/)?.slice(1).map(Number);
    if (!numbers || Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180) {
      wrong.textContent = "Mohon tulis dua angka, contoh: -3.9778, 122.5151";
      point.focus();
      return;
    }
    say.place(numbers[0], numbers[1]);
    dialog.close();
    point.value = wrong.textContent = "";
  });
}

function cardSheet(dialog, say) {
  const number = byID("number");
  const wrong = byID("number-wrong");
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const phone = number.value.trim();
    if (!/^\+?[0-9][0-9 ().-]{3,30}$/.test(phone)) {
      wrong.textContent = "Mohon tulis nomornya, contoh: 0812-0000-0001";
      number.focus();
      return;
    }
    say.card(phone, byID("owner").value.trim(), dialog.querySelector("input[name=own]:checked").value === "own");
    dialog.close();
    number.value = byID("owner").value = wrong.textContent = "";
  });
}
