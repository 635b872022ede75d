// The example's identity provider signs with a key that is part of the program; this is its public half.
const jwks =
  '{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"harbour-demo",' +
  '"x":"ABqyUxKtln8Y-7r9B-O-b4W34QFRxDA0nFjsSaATFiU",' +
  '"y":"ldtwwZZB7-WIIID4zBl8wLBVO2q2daRMKTvjxWahTMk"}]}';

export default {
  providers: [
    {
      type: "customJwt",
      applicationID: "harbour-notes",
      issuer: "https://harbour.example",
      jwks: "data:application/json;charset=utf-8," + encodeURIComponent(jwks),
      algorithm: "ES256",
    },
  ],
};
