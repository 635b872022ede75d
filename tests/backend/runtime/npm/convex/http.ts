import { httpActionGeneric as httpAction, httpRouter } from "convex/server";

const http = httpRouter();
const hello = httpAction(async () => new Response("hello"));
http.route({ path: "/hello", method: "GET", handler: hello });
http.route({ pathPrefix: "/p/", method: "POST", handler: hello });
export default http;
