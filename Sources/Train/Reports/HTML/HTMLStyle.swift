/// The style of a report page, and the little script that sorts its table.
///
/// All colours are variables with a light and a dark set; blue and vermilion differ for every kind
/// of colour vision, and in lightness too.
enum HTMLStyle {
    static let css = """
        :root{color-scheme:light dark;--page:#fff;--raised:#f6f7f9;--ink:#16191d;--soft:#59626d;
        --line:#e2e6ea;--blue:#1f5fa8;--red:#c4500c;--green:#00795a;--plum:#8e4585;--grey:#8b95a1;
        --on:#fff;--between:#16191d;--faint:#9fb0c3}
        @media (prefers-color-scheme:dark){:root{--page:#101317;--raised:#181c22;--ink:#e7eaee;
        --soft:#9ba6b3;--line:#2b323a;--blue:#74b0f4;--red:#f0965a;--green:#4cc3a0;--plum:#d79ad0;
        --grey:#7d8894;--on:#0d1117;--between:#0d1117;--faint:#56677b}}
        @media print{:root{color-scheme:light;--page:#fff;--raised:#f6f7f9;--ink:#16191d;
        --soft:#59626d;--line:#e2e6ea;--blue:#1f5fa8;--red:#c4500c;--green:#00795a;--plum:#8e4585;
        --grey:#8b95a1;--on:#fff;--between:#16191d;--faint:#9fb0c3}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:1120px;padding:40px 32px 72px;background:var(--page);
        color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
        "Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
        h1{font-size:26px;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:0;
        overflow-wrap:anywhere}
        h2{font-size:18px;font-weight:650;margin:56px 0 16px}
        p{margin:0 0 12px;max-width:68ch}
        .lead{color:var(--soft);margin:6px 0 0;max-width:none;overflow-wrap:anywhere}
        .note{color:var(--soft);font-size:14px;margin-top:12px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));gap:20px 0;
        margin:32px 0 0;padding:22px 0;border:solid var(--line);border-width:1px 0}
        .figures div{padding:0 0 0 14px;border-left:1px solid var(--line)}
        .figures div:first-child{padding-left:0;border:0}
        .figures dt{color:var(--soft);font-size:13px;white-space:nowrap}
        .figures dd{margin:2px 0 0}
        .figures b{display:block;font-size:26px;line-height:1.2;font-weight:600;
        letter-spacing:-.02em}
        .figures .main b{color:var(--blue)}
        .figures em{display:block;font-style:normal;font-size:13px}
        .small{color:var(--soft);font-size:13px;margin:8px 0 0}
        .figures span{display:block;color:var(--soft);font-size:13px}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:8px 32px;
        margin:20px 0 0;font-size:14px}
        .facts div{display:flex;gap:12px}
        .facts dt{color:var(--soft);flex:0 0 84px}
        .facts dd{margin:0;overflow-wrap:anywhere}
        .commands{margin:24px 0 0;display:grid;grid-template-columns:minmax(0,1fr);gap:8px}
        .commands div{display:flex;gap:12px;align-items:baseline;font-size:14px}
        .commands dt{color:var(--soft);flex:0 0 84px}
        .commands dd{margin:0;min-width:0;flex:1}
        code,pre{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",
        monospace}
        .commands code{display:block;background:var(--raised);border-radius:6px;padding:7px 12px;
        overflow-x:auto;white-space:pre;user-select:all}
        .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:32px 36px;
        align-items:start}
        figure{margin:0;min-width:0}
        figcaption b{font-weight:600;font-size:14px}
        .panels figcaption{min-height:62px;font-size:13px}
        .panels.short figcaption{min-height:0}
        .legend{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:0 16px;
        color:var(--soft)}
        .legend span{color:var(--ink)}
        .legend i,.roc i{display:inline-block;width:16px;margin-right:7px;vertical-align:.28em;
        border-top:2px solid transparent}
        svg{display:block;max-width:100%;height:auto;font-family:inherit}
        .chart{width:100%}
        .tick{fill:var(--soft);font-size:12px}
        .grid{stroke:var(--line);stroke-width:1}
        .axis{stroke:var(--grey);stroke-width:1}
        .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
        .chance{fill:none;stroke:var(--grey);stroke-dasharray:2 4}
        .mark{fill:var(--page);stroke-width:2}
        .train{stroke:var(--grey);border-color:var(--grey)!important}
        .valid,.rate{stroke:var(--blue);border-color:var(--blue)!important}
        .mean{stroke:var(--blue);border-color:var(--blue)!important}
        .line.mean{stroke-width:2.8}
        .first{stroke:var(--red);border-color:var(--red)!important}
        .second{stroke:var(--green);stroke-dasharray:7 4;border-color:var(--green)!important;
        border-top-style:dashed!important}
        .third{stroke:var(--plum);stroke-dasharray:2 4;border-color:var(--plum)!important;
        border-top-style:dotted!important}
        .fill,.count{fill:var(--blue);border-color:var(--blue)!important}.count{fill:var(--grey)}
        .gap{fill:var(--red);fill-opacity:.38;border-color:var(--red)!important}
        .line.chance{stroke-width:1.4}
        .faint{stroke:var(--faint);border-color:var(--faint)!important}
        .line.faint{stroke-width:1;opacity:.75}
        .roc .chance{border-top:2px dotted var(--grey)}
        .dot{stroke:none}.dot.train{fill:var(--grey)}.dot.valid,.dot.rate{fill:var(--blue)}
        .split{display:flex;flex-wrap:wrap;gap:32px 48px;align-items:flex-start}
        .map{flex:0 1 auto;max-width:100%}
        .scroll{overflow-x:auto}
        .heat .name{fill:var(--ink)}
        .heat .hit{fill:var(--blue)}.heat .miss{fill:var(--red)}.heat .none{fill:var(--raised)}
        .heat .strong,.heat .medium,.heat .weak,.heat .few{text-anchor:middle;pointer-events:none}
        .heat .strong{fill:var(--on)}.heat .medium{fill:var(--between)}.heat .weak{fill:var(--ink)}
        .heat .few{fill:var(--soft)}
        .scale{display:flex;flex-wrap:wrap;gap:4px 28px;color:var(--soft);font-size:13px;
        margin-top:14px}
        .ramp{display:inline-block;width:72px;height:9px;border-radius:2px;margin-right:9px}
        .ramp.hit{background:linear-gradient(90deg,var(--raised),var(--blue))}
        .ramp.miss{background:linear-gradient(90deg,var(--raised),var(--red))}
        table{border-collapse:collapse;font-size:14px}
        caption{text-align:left;font-weight:600;padding-bottom:6px}
        th{font-weight:400;text-align:left;padding:6px 16px 6px 0}
        td{text-align:right;padding:6px 0 6px 16px;white-space:nowrap}
        thead th{color:var(--soft);font-size:13px;vertical-align:bottom}
        thead th:not(:first-child){text-align:right;padding:6px 0 6px 16px}
        tbody tr,tfoot tr{border-top:1px solid var(--line)}
        .pairs{flex:1 1 280px;max-width:520px;align-self:flex-start}
        .panels .pairs{width:100%;max-width:none}
        .pairs tbody th{overflow-wrap:anywhere}.pairs thead th{white-space:nowrap}
        .arrow{color:var(--soft)}
        td small{display:block;color:var(--soft);font-size:12px}
        .all{width:100%;min-width:560px}
        .all thead th{padding-top:22px;font-weight:600;color:var(--ink)}
        .all thead:first-child th{padding-top:0}
        .all td:nth-child(2){font-weight:600}
        .all td:nth-child(4){width:22%}
        .all .range{color:var(--soft)}
        .all .remark{text-align:left;white-space:normal;color:var(--soft);font-size:13px}
        .span{display:block;position:relative;height:6px;background:var(--raised);
        border-radius:3px;overflow:hidden;min-width:90px}
        .span i{position:absolute;top:0;height:100%;min-width:2px;background:var(--blue)}
        .thresholds td,.thresholds th{padding-top:4px;padding-bottom:4px}
        .thresholds .best{background:var(--raised);font-weight:600}
        .thresholds th{white-space:nowrap}
        .thresholds em{font-style:normal;color:var(--blue);font-size:12px;font-weight:600}
        .classes{width:100%;min-width:760px}
        .classes td{width:13%}
        .classes tbody th{overflow-wrap:anywhere}
        .classes tfoot tr:first-child{border-top:2px solid var(--grey)}
        .bar{display:block;height:4px;margin:3px 0 1px;background:var(--raised);border-radius:2px;
        overflow:hidden}
        .bar i{display:block;height:100%;background:var(--blue)}
        .classes th button{all:unset;cursor:pointer}
        .classes th button:hover,.classes th[aria-sort] button{color:var(--ink)}
        .classes th button:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
        .classes th[aria-sort=ascending] button::after{content:" ↑"}
        .classes th[aria-sort=descending] button::after{content:" ↓"}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));
        gap:24px 20px}
        .gallery img{display:block;width:100%;aspect-ratio:1;object-fit:contain;border-radius:6px;
        background:var(--raised)}
        .gallery img.pixels{image-rendering:pixelated}
        .gallery figcaption{font-size:13px;line-height:1.4;margin-top:8px}
        .gallery figcaption>*{display:block;overflow-wrap:anywhere}
        .gallery .true{font-weight:600}
        .gallery .wrong{color:var(--red)}
        .gallery em{font-style:normal;color:var(--soft);white-space:nowrap}
        .gallery small{color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        h3{font-size:15px;font-weight:600;margin:28px 0 12px}
        .overlaps{min-width:940px}.overlaps td{width:auto}
        .overlaps .group{text-align:center!important;font-weight:600;color:var(--ink);
        border-bottom:1px solid var(--line)}
        .overlaps thead td{border:0}
        .overlaps td:nth-child(7),.overlaps thead tr:last-child th:nth-child(7){padding-left:44px}
        .swatches i{width:13px;height:13px;border:0;border-radius:3px;vertical-align:-1px}
        .masks{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:24px 28px}
        .masks div{display:grid;grid-template-columns:repeat(3,1fr);gap:4px}
        .masks img{display:block;width:100%;aspect-ratio:1;object-fit:contain;border-radius:4px;
        background:var(--raised)}
        .masks img.pixels{image-rendering:pixelated}
        .masks figcaption{font-size:13px;line-height:1.4;margin-top:8px}
        .masks figcaption span{color:var(--soft)}
        .masks small{display:block;color:var(--soft);white-space:nowrap;overflow:hidden;
        text-overflow:ellipsis}
        details{border-top:1px solid var(--line)}
        details:last-of-type{border-bottom:1px solid var(--line)}
        summary{cursor:pointer;padding:12px 0;font-weight:600}
        details pre{margin:0 0 20px;padding:16px;background:var(--raised);border-radius:6px;
        overflow-x:auto}
        details table{margin:0 0 20px}
        details td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        details th{color:var(--soft);white-space:nowrap;vertical-align:top}
        @media (max-width:640px){body{padding:24px 18px 48px}h2{margin-top:44px}
        .figures{grid-template-columns:1fr 1fr}.figures div{padding:0 12px 0 0;border:0}
        .figures b{font-size:24px}.commands div{display:block}.panels figcaption{min-height:0}
        .gallery{grid-template-columns:repeat(auto-fill,minmax(100px,1fr))}
        .classes{min-width:640px;font-size:13px}.all .remark{display:none}
        .all{min-width:0;font-size:13px}.all td:nth-child(4){display:none}}
        @media print{body{max-width:none;padding:0;font-size:12px}h2{margin-top:28px;
        break-after:avoid}figure,tr,.figures{break-inside:avoid}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        details::details-content{content-visibility:visible;height:auto}
        .commands code,details pre{white-space:pre-wrap;overflow-wrap:anywhere}}
        """

    /// Without scripts the table keeps the order of the classes.
    static let sortingScript = """
        (function(){var t=document.getElementById("classes");if(!t)return;var b=t.tBodies[0],
        first=[].slice.call(b.rows);t.querySelectorAll("thead th").forEach(function(h,c){
        var k=document.createElement("button");k.textContent=h.textContent;h.textContent="";
        h.appendChild(k);k.onclick=function(){var s=h.getAttribute("aria-sort"),
        n=!s?"ascending":s=="ascending"?"descending":null,r=first.slice();
        t.querySelectorAll("thead th").forEach(function(o){o.removeAttribute("aria-sort")});
        if(n){h.setAttribute("aria-sort",n);var v=function(x){var w=x.cells[c].textContent;
        if(!c)return w.toLowerCase();var f=parseFloat(w.replace(/,/g,""));return isNaN(f)?-1:f};
        r.sort(function(x,y){var a=v(x),d=v(y);return(a<d?-1:a>d?1:0)*(n=="ascending"?1:-1)})}
        r.forEach(function(x){b.appendChild(x)})}})})();
        """
}
