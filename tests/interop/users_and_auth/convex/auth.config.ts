// One provider that speaks OpenID Connect, and one that only signs tokens.
export default {
  providers: [
    { domain: process.env.ISSUER_URL!, applicationID: "users-and-auth" },
    {
      type: "customJwt",
      issuer: `${process.env.ISSUER_URL}/custom`,
      jwks: `${process.env.ISSUER_URL}/jwks`,
      algorithm: "ES256",
    },
  ],
};
