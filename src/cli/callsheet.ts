console.log("callsheet");
