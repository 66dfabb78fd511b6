// An OpenID provider for tests: `node provider.mjs FOLDER PORT CALLBACK SIGNED_OUT`, where FOLDER holds node_modules.
// Whoever signs in is the person that the login form names; `ana` is in the group ai-reviewers.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, callback, signedOut] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(found).href);

const people = {
  ana: { name: "Ana Meier", email: "ana@example.com", email_verified: true, groups: ["ai-reviewers"] },
  ben: { name: "Ben Roth", email: "ben@example.com", email_verified: true, groups: [] },
};
const client = {
  redirect_uris: [callback],
  post_logout_redirect_uris: [signedOut],
  grant_types: ["authorization_code"],
  response_types: ["code"],
};
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    { ...client, client_id: "console", client_secret: "a secret & more: 100 %" },
    { ...client, client_id: "public-console", token_endpoint_auth_method: "none" },
  ],
  claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
  scopes: ["openid", "profile", "email", "groups"],
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  loadExistingGrant: async (context) => {
    const { client, session, params } = context.oidc;
    const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    await grant.save();
    return grant;
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
