// Passkeys: asks the browser for one, and puts its answer into a form that is then sent like any other.
// A form says `data-passkey="create"` or `"get"`, and with `data-options` where to learn what to ask for.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const ask = {
  create: (options) => navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  } }),
  get: (options) => navigator.credentials.get({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  } }),
};

const written = ({ rawId, type, response }) => {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[name]) said[name] = text(response[name]);
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({ rawId: text(rawId), type, response: said });
};

async function sent(form) {
  const [failed, button] = [form.querySelector("[data-failed]"), form.querySelector("button")];
  failed.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(form.dataset.options, { method: "POST" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    form.elements.credential.value = written(await ask[form.dataset.passkey](await answer.json()));
    form.submit();
  } catch {
    // Refused, cancelled, too late, or not possible here: the browser has shown which.
    failed.hidden = false;
    button.disabled = false;
  }
}

if (window.PublicKeyCredential)
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); sent(form); });
    addEventListener("pageshow", () => { form.querySelector("button").disabled = false; });
  }
