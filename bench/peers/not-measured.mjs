/** Comparable products without figures, and the reasons. */
export const NOT_MEASURED = `## Peers without figures

| peer | why |
| --- | --- |
| Bifrost | The Go module proxy did not serve \`github.com/maximhq/bifrost/transports\` (403), and npm's \`@maximhq/bifrost\` contains no program; it downloads one from the vendor's site. |
| Portkey's gateway | It installs from npm but stores no providers or models. Each request has its own configuration, so there is nothing to create, list or read. |
| one-api | The ancestor of new-api, which represents both. |`;
