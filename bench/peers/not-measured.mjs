/** Products that a user may compare Caret with, and why no figure of them is here. */
export const NOT_MEASURED = `## Peers without figures

| peer | why |
| --- | --- |
| Bifrost | The Go module proxy did not serve \`github.com/maximhq/bifrost/transports\` (403), and npm's \`@maximhq/bifrost\` holds no program: it downloads one from its makers' site. |
| Portkey's gateway | It installs from npm, but keeps no providers or models: each request carries its own configuration. There is nothing to create, list or read. |
| one-api | The ancestor of new-api, which stands for both. |`;
