import HTTPTypes
import Hummingbird

/// `GET /`: a page on which a person drops an image and sees what the model makes of it.
///
/// It is one file without any outside resource, and the content security policy holds it to that.
func pageRoutes(_ services: Services) -> [Route] {
    [
        .get("/") { _, _ in
            var response = Response.text(homePage, mediaType: "text/html; charset=utf-8")
            response.headers[.contentSecurityPolicy] =
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                + "img-src blob:; connect-src 'self'"
            return response
        }
    ]
}

private let homePage = #"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Residual</title>
    <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
    body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
    #model { opacity: .7; margin-top: -.5rem }
    label { display: block; border: 2px dashed #8888; border-radius: .75rem; padding: 2rem;
            text-align: center; cursor: pointer }
    label.over, label:focus-within { border-color: #37c; background: #37c1 }
    input { position: absolute; opacity: 0 }
    img { display: block; max-width: 100%; max-height: 20rem; margin: 1rem auto 0 }
    table { width: 100%; margin-top: 1.5rem; border-collapse: collapse }
    td { padding: .2rem .5rem .2rem 0 }
    td:last-child { text-align: right; font-variant-numeric: tabular-nums }
    meter { width: 100% }
    </style>
    <h1>Residual</h1>
    <p id="model"></p>
    <label id="drop">Drop a JPEG or PNG here, or click to choose one
      <input id="file" type="file" accept="image/jpeg,image/png"><img id="image" alt="" hidden>
    </label>
    <p id="message" role="status"></p>
    <table id="scores"></table>
    <script>
    const element = id => document.getElementById(id)
    fetch("model_info").then(response => response.json()).then(model => {
      element("model").textContent = `${model.model_name}, `
        + `${model.classes.length} classes, ${model.input_size.join(" × ")} pixels`
    })
    async function classify(file) {
      element("image").src = URL.createObjectURL(file)
      element("image").hidden = false
      element("message").textContent = "…"
      element("scores").replaceChildren()
      const form = new FormData()
      form.append("file", file)
      try {
        const response = await fetch("predict", { method: "POST", body: form })
        const answer = await response.json()
        if (!response.ok) throw new Error(answer.detail)
        element("message").textContent = `${answer.label} in ${answer.meta.milliseconds} ms`
        const best = Object.entries(answer.scores).sort((a, b) => b[1] - a[1]).slice(0, 10)
        for (const [name, score] of best) {
          const row = element("scores").insertRow()
          row.insertCell().textContent = name
          const meter = document.createElement("meter")
          meter.value = score
          row.insertCell().append(meter)
          row.insertCell().textContent = (score * 100).toFixed(2) + " %"
        }
      } catch (error) { element("message").textContent = error.message }
    }
    const drop = element("drop")
    element("file").onchange = event => event.target.files[0] && classify(event.target.files[0])
    drop.ondragover = event => { event.preventDefault(); drop.classList.add("over") }
    drop.ondragleave = () => drop.classList.remove("over")
    drop.ondrop = event => {
      event.preventDefault()
      drop.classList.remove("over")
      if (event.dataTransfer.files[0]) classify(event.dataTransfer.files[0])
    }
    </script>
    </html>

    """#
