// One provider that speaks OpenID Connect, one that only signs tokens, and this deployment itself.
export default {
  providers: [
    { domain: process.env.ISSUER_URL!, applicationID: "users-and-auth" },
    {
      type: "customJwt",
      issuer: `${process.env.ISSUER_URL}/custom`,
      jwks: `${process.env.ISSUER_URL}/jwks`,
      algorithm: "ES256",
    },
    {
      type: "customJwt",
      issuer: process.env.CONVEX_CLOUD_URL!,
      jwks: `${process.env.CONVEX_CLOUD_URL}/.well-known/jwks.json`,
      algorithm: "ES256",
    },
  ],
};
