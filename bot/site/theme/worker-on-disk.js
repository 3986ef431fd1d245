/* Browsers start no worker for pages opened from disk. There, the search worker runs in a hidden frame instead.
   Messages are copied, as a worker's are: the page and the search each change what they hold. */
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(url) {
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "Search";
      document.body.append(frame);
      const inside = frame.contentWindow;
      const script = inside.document.createElement("script");
      inside.postMessage = (answer) => {
        const data = structuredClone(answer);
        setTimeout(() => this.onmessage?.(new MessageEvent("message", { data })));
      };
      script.src = url;
      this.frame = frame;
      this.ready = new Promise((done) => {
        script.onload = done;
        script.onerror = () => this.onerror?.(new Event("error"));
      });
      inside.document.body.append(script);
    }
    postMessage(question) {
      const data = structuredClone(question);
      this.ready.then(() => {
        const inside = this.frame.contentWindow;
        inside?.dispatchEvent(new inside.MessageEvent("message", { data }));
      });
    }
    terminate() {
      this.frame.remove();
    }
  };
}
